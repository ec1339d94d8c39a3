"""Whether the newest clip below a folder can be played to its end. Usage: plays.py FOLDER"""

import sys
from pathlib import Path

import av

folder = Path(sys.argv[1])
clips = sorted(folder.glob("events/*/*/*.mp4"), key=lambda path: path.stat().st_mtime)
halves = [path for path in folder.rglob("*") if path.suffix in (".part", ".tmp")]
if not clips or halves:
    sys.exit(f"{len(clips)} clips, left half-written: {', '.join(map(str, halves)) or 'none'}")
with av.open(str(clips[-1])) as film:
    frames = sum(1 for _ in film.decode(video=0))
print(f"{clips[-1].name}: {frames} frames")
sys.exit(not frames)
