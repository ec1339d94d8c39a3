"""Who is who: the best one-to-one pairing of tracks and detections, exact, in NumPy alone.

After gating by overlap nearly every pair is the clear choice of its row and column. Those are taken at once; what is
left falls into small groups that conflict, each solved by shortest augmenting paths (Jonker and Volgenant, Computing
38, 1987).
"""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]


def assign(weights: NDArray[np.float64]) -> Pairs:
    """Pair rows with columns, each at most once, so that the sum of weights is the largest possible.

    >>> rows, columns = assign(np.array([[0.9, 0.8], [0.8, 0.0]]))
    >>> sorted(zip(rows.tolist(), columns.tolist()))
    [(0, 1), (1, 0)]

    Args:
        weights: (N, M) what each pair is worth; 0 or less: it may not be.

    Returns:
        The pairs' row and column indices, in no particular order.
    """
    rows, columns = (weights > 0).nonzero()
    if len(rows) < 2:
        return rows, columns
    alone = (np.bincount(rows)[rows] == 1) & (np.bincount(columns)[columns] == 1)
    if alone.all():
        return rows, columns
    rest = ~alone
    some_rows, some_columns = _distinct(rows[rest], len(weights)), _distinct(columns[rest], weights.shape[1])
    left = np.maximum(weights[some_rows[:, None], some_columns], 0)
    sure_rows, sure_columns = _undisputed(left)
    left[sure_rows] = 0
    left[:, sure_columns] = 0
    more_rows, more_columns = _solve_groups(left)
    of_rows, of_columns = sure_rows.tolist() + more_rows, sure_columns.tolist() + more_columns
    return (
        np.concatenate([rows[alone], some_rows[of_rows]]),
        np.concatenate([columns[alone], some_columns[of_columns]]),
    )


def _distinct(numbers: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """Each number once, in order; all are below ``most``."""
    there = np.zeros(most, np.bool_)
    there[numbers] = True
    return there.nonzero()[0]


def _undisputed(weights: NDArray[np.float64]) -> Pairs:
    """Pairs worth at least as much as the best two others they exclude together: some best pairing has them all."""
    every_row = np.arange(len(weights))
    best = weights.argmax(axis=1)
    worth = weights[every_row, best]
    rows = ((worth > 0) & (weights.argmax(axis=0)[best] == every_row)).nonzero()[0]
    columns = best[rows]
    others = weights.copy()
    others[rows, columns] = 0
    sure = worth[rows] >= others[rows].max(axis=1, initial=0) + others[:, columns].max(axis=0, initial=0)
    return rows[sure], columns[sure]


def _solve_groups(weights: NDArray[np.float64]) -> tuple[list[int], list[int]]:
    """The pairs of each connected group by itself."""
    possible = weights.nonzero()
    pairs = list(zip(possible[0].tolist(), possible[1].tolist(), strict=True))
    worth = dict(zip(pairs, weights[possible].tolist(), strict=True))
    rows, columns = list[int](), list[int]()
    for group_rows, group_columns in _groups(pairs):
        flipped = len(group_rows) > len(group_columns)
        if flipped:
            costs = [[-worth.get((i, j), 0.0) for i in group_rows] for j in group_columns]
        else:
            costs = [[-worth.get((i, j), 0.0) for j in group_columns] for i in group_rows]
        for one, other in enumerate(_cheapest(costs)):
            if costs[one][other] < 0:
                rows.append(group_rows[other if flipped else one])
                columns.append(group_columns[one if flipped else other])
    return rows, columns


def _groups(pairs: list[tuple[int, int]]) -> list[tuple[list[int], list[int]]]:
    """Rows and columns that hang together through these pairs."""
    of_row, of_column = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    for row, column in pairs:
        of_row[row].add(column)
        of_column[column].add(row)
    found = []
    while of_row:
        queue, member_rows, member_columns = [next(iter(of_row))], set[int](), set[int]()
        while queue:
            row = queue.pop()
            if row in of_row:
                member_rows.add(row)
                new = of_row.pop(row) - member_columns
                member_columns |= new
                queue += [other for column in new for other in of_column[column]]
        found.append((sorted(member_rows), sorted(member_columns)))
    return found


def _cheapest(costs: list[list[float]]) -> list[int]:
    """The column of each row in the cheapest pairing of all rows; there are at least as many columns.

    Rows are added one by one; each takes the shortest path, in reduced costs, to a free column, and those on the way
    move over. ``row_price`` and ``column_price`` are the dual solution that keeps reduced costs from being negative.
    """
    count, width = len(costs), len(costs[0])
    row_price, column_price = [0.0] * count, [0.0] * (width + 1)
    owner = [-1] * (width + 1)  # the last entry stands for the row being added
    for added in range(count):
        owner[width] = added
        shortest, before, done = [math.inf] * width, [width] * width, [False] * (width + 1)
        column = width
        while owner[column] != -1:
            done[column] = True
            row = owner[column]
            step, following = math.inf, -1
            line, price = costs[row], row_price[row]
            for j in range(width):
                if done[j]:
                    continue
                reduced = line[j] - price - column_price[j]
                if reduced < shortest[j]:
                    shortest[j], before[j] = reduced, column
                if shortest[j] < step:
                    step, following = shortest[j], j
            for j in range(width + 1):
                if done[j]:
                    row_price[owner[j]] += step
                    column_price[j] -= step
                elif j < width:
                    shortest[j] -= step
            column = following
        while column != width:
            owner[column] = owner[before[column]]
            column = before[column]
    chosen = [0] * count
    for column in range(width):
        if owner[column] != -1:
            chosen[owner[column]] = column
    return chosen
