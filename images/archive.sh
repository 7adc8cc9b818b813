# Writes OCI archives with tar and sha256sum alone. Layers are plain tars: packing costs more time than the disk is
# worth, and whoever imports one need not unpack it twice.

readonly image_time=1767225600 image_date=2026-01-01T00:00:00Z

hash_of() { sha256sum "$1" | cut -c 1-64; }

# write_archive REFERENCE CONFIG TREE TARGET: writes TARGET.tar and sets `digest`. The same tree gives the same digest.
write_archive() {
  local reference=$1 config=$2 tree=$3 target=$4 blobs=$4/blobs/sha256 layer settings
  mkdir -p "$blobs"
  pack "$tree" "$target/layer"
  layer=$(hash_of "$target/layer")
  printf '{"created":"%s","architecture":"%s","os":"linux","config":%s,
    "rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    "$image_date" "$(dpkg --print-architecture)" "$config" "$layer" >"$target/config"
  settings=$(hash_of "$target/config")
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{%s},"layers":[{%s}]}' \
    "$(blob config.v1+json "$target/config")" "$(blob layer.v1.tar "$target/layer")" >"$target/manifest"
  digest=sha256:$(hash_of "$target/manifest")
  printf '{"schemaVersion":2,"manifests":[{%s,"annotations":
    {"io.containerd.image.name":"%s","org.opencontainers.image.ref.name":"%s"}}]}' \
    "$(blob manifest.v1+json "$target/manifest")" "$reference" "${reference##*:}" >"$target/index.json"
  printf '{"imageLayoutVersion":"1.0.0"}' >"$target/oci-layout"
  mv "$target/layer" "$blobs/$layer"
  mv "$target/config" "$blobs/$settings"
  mv "$target/manifest" "$blobs/${digest#sha256:}"
  pack "$target" "$target.tar"
  rm -rf "$target"
}

pack() {
  tar -c --sort=name --mtime="@$image_time" --owner=0 --group=0 --numeric-owner --format=gnu -C "$1" -f "$2.new" .
  mv "$2.new" "$2"
}

# blob TYPE FILE: the JSON members that name a blob.
blob() {
  printf '"mediaType":"application/vnd.oci.image.%s","digest":"sha256:%s","size":%s' \
    "$1" "$(hash_of "$2")" "$(stat -c %s "$2")"
}
