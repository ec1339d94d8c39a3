#!/usr/bin/env bash
# How the starter models were made: every command, in order. Hours on two CPU cores; a stopped training goes on.
# Usage: deploy/starters/make.sh DATA WEIGHTS OUT
#   DATA     holds coco-mini/, pets-mini/ and backbones/ (see the cards for what is in them)
#   WEIGHTS  a folder with object_detection_ssd_mobilenetv2_oidv4_fp16.tflite and oidv4-labels.txt, both out of
#            objectron_solution_packed_assets.data of the npm package @mediapipe/objectron 0.4.1675468480 (Apache-2.0)
set -euo pipefail
[ $# = 3 ] || { grep '^# ' "$0" | cut -c3- >&2; exit 2; }
data=$1 weights=$2 out=$3
cd "$(dirname "$0")/../.."
edgedet=$PWD/.venv-lab/bin/edgedet
coco=$data/coco-mini/instances.json
mkdir -p "$out"

# Nobody labelled the people in the pet photographs. Where the segmentation model sees none, there are none; where it
# sees something, "person" stays unknown and nothing is learnt of it.
for part in train valid; do
  [ -d "$out/pets-$part" ] || "$edgedet" dataset label "$data/pets-mini/$part.json" "$out/pets-$part" --link --sure 2 \
    --unsure 0.05 --labels person,cat,dog --teacher "$data/backbones/deeplabv3_mnv2_pascal_quant.tflite"
done
pets=$out/pets-train/instances.json
mixed=(--data "$coco" --share 0.5 --data "$pets" --share 0.5 --labels person,cat,dog)

# starter-320: a whole SSD trained on Open Images is the start; then as int8, so that int8 costs nothing.
"$edgedet" train "${mixed[@]}" --from "$weights/object_detection_ssd_mobilenetv2_oidv4_fp16.tflite" \
  --from-labels "$weights/oidv4-labels.txt" --extras full --frozen 7 --steps 1500 --rate 0.0005 --to "$out/320"
"$edgedet" train "${mixed[@]}" --from "$out/320/model.pt" --extras full --qat --steps 300 --rate 0.0002 --seed 1 \
  --to "$out/320-qat"

# starter-256: half of starter-320's channels, and then all of it learnt again from starter-320 as well as from the
# pictures. (The one that is published had 1,762 more steps, without batch norm, in between: see its card.)
student=("${mixed[@]}" --teacher "$out/320-qat/model.pt" --width 0.5 --size 256)
"$edgedet" train "${student[@]}" --from "$out/320-qat/model.pt" --steps 1100 --rate 0.002 --to "$out/256-cut"
"$edgedet" train "${student[@]}" --from "$out/256-cut/model.pt" --norms --steps 4200 --rate 0.004 --backbone-rate 1 \
  --to "$out/256"
"$edgedet" train "${student[@]}" --from "$out/256/model.pt" --qat --steps 240 --rate 0.0004 --backbone-rate 1 --seed 1 \
  --to "$out/256-qat"

# --centre: the scores at which the validation pictures are found best, and no person in those that have none.
for size in 320 256; do
  name=$out/starter-$size
  centre=$(cat "deploy/starters/centre-$size.txt")
  "$edgedet" export "$out/$size-qat/model.pt" --centre "$centre" --to "$name-float.tflite"
  "$edgedet" quantize "$name-float.tflite" --data "$pets" --data "$coco" --split train --pictures 256 --to "$name-int8.tflite"
  for set in coco pets; do
    if [ $set = coco ]; then where=(--data "$coco" --split val); else where=(--data "$data/pets-mini/test.json"); fi
    both=("$name-float.tflite" "$name-int8.tflite" "${where[@]}")
    "$edgedet" evaluate "${both[@]}" --json "$name-$set.json"
    "$edgedet" evaluate "${both[@]}" --most 100 --robustness --json "$name-$set-robustness.json"
    "$edgedet" evaluate "${both[@]}" --most 24 --adversarial "$out/$size-qat/model.pt" --json "$name-$set-adversarial.json"
  done
  .venv-lab/bin/python deploy/starters/card.py "$name-int8.tflite"
done
