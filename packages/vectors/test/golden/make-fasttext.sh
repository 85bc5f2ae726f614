#!/bin/sh
# Makes the fastText golden files with the real tool (Debian's fasttext 0.9.2). Usage: sh make-fasttext.sh
# Output: fasttext-*.bin, fasttext-*.ftz, and what print-word-vectors and print-sentence-vectors say of them.
# -thread 1 and a fixed corpus make training repeatable on one machine; the printed vectors belong to the files beside them.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

/usr/bin/python3 - "$work" <<'PY'
import random, sys
random.seed(4)
words = "the a film story good bad naïve café 東京 москва año ça übel dog dogs running runner it's 3rd x ёлка ไทย 😀 smörgåsbord".split()
with open(sys.argv[1] + "/text.txt", "w") as text, open(sys.argv[1] + "/labelled.txt", "w") as labelled:
    for _ in range(400):
        line = " ".join(random.choices(words, k=8))
        text.write(line + "\n")
        labelled.write(("__label__pos " if "good" in line else "__label__neg ") + line + "\n")
PY

quiet="-thread 1 -verbose 0"
fasttext skipgram -input "$work/text.txt" -output "$work/sg" -dim 8 -bucket 500 -minn 2 -maxn 4 -minCount 1 -epoch 3 $quiet
fasttext cbow -input "$work/text.txt" -output "$work/cbow" -dim 5 -bucket 50 -minn 1 -maxn 2 -minCount 1 -epoch 2 $quiet
fasttext supervised -input "$work/labelled.txt" -output "$work/sup" -dim 6 -bucket 600 -minn 2 -maxn 3 -wordNgrams 3 -epoch 2 $quiet
fasttext supervised -input "$work/labelled.txt" -output "$work/plain" -dim 4 -epoch 2 $quiet
# Quantised: all rows with norms; then cut off, which prunes n-grams; and parts that do not divide the dimension.
cp "$work/sup.bin" "$work/q.bin"
fasttext quantize -output "$work/q" -input "$work/labelled.txt" -qnorm $quiet
cp "$work/sup.bin" "$work/pruned.bin"
fasttext quantize -output "$work/pruned" -input "$work/labelled.txt" -cutoff 300 -dsub 4 -retrain -epoch 1 $quiet

# shellcheck disable=SC2043
printf '%s\n' good dogs café 東京 '</s>' x москвич Tokyo東 éé 😀😀 q zzz filmic > fasttext-words.txt
printf '%s\n' 'good film' 'the café 東京 unseen' 'x' '' > fasttext-sentences.txt
for name in sg cbow sup plain; do
  cp "$work/$name.bin" "fasttext-$name.bin"
  fasttext print-word-vectors "fasttext-$name.bin" < fasttext-words.txt > "fasttext-$name.bin.printed"
done
for name in q pruned; do
  cp "$work/$name.ftz" "fasttext-$name.ftz"
  fasttext print-word-vectors "fasttext-$name.ftz" < fasttext-words.txt > "fasttext-$name.ftz.printed"
done
for name in sup.bin q.ftz pruned.ftz; do
  fasttext print-sentence-vectors "fasttext-$name" < fasttext-sentences.txt > "fasttext-$name.sentences"
done
cp "$work/sg.vec" fasttext-sg.vec
ls -l fasttext-*
