"""Many clips and pictures at once: on all cores of a machine, or on a Ray cluster, with the same results.

::

    inputs      which clips: folders, globs; bucket: S3; catalogue: Parquet
    work        the values that travel: Item, Unit, Done; and what a Job is
    detect, replay, evaluate, quantize    the jobs
    worker      what runs in a worker; pool and cluster: two crews of them
    driver      gives units to the crew; a worker's death costs a try
    output      the folder: shards and journal on the way, merged results in the end
    spans, changes, parquet, report       what is made of the results

Results don't depend on who did which unit, nor on how often the run was interrupted: each unit's results are kept in
a file of their own, and put together in the inputs' order.
"""
