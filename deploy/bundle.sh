#!/bin/sh
# bundle.sh IMAGES OUT packs what a host needs beside the images of a release: compose.yaml, deploy/ and the file IMAGES, which
# names them. Its checksum is OUT.sha256. deploy.sh --bundle brings it to a host that has an older one.
set -eu
images=$1
out=$2
cd "$(dirname "$0")/.."
git archive --format=tar.gz --prefix=emosation/ --add-file="$images" --output="$out" HEAD -- \
	compose.yaml .env.example LICENSE deploy ':(exclude,glob)deploy/**/*.go' ':(exclude)deploy/testdata'
cd "$(dirname "$out")"
sha256sum "${out##*/}" >"$out.sha256"
