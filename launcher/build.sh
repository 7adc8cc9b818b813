# Builds what has changed since the last build, and lays it out:
#   build/lib     the server's class path           build/cli      the client's, without server code
#   build/bench   what benchmarks add to the server  build/native   native libraries, unpacked once
#   build/*.aot   the JVM's caches of loaded classes build/images   container images
# A running server keeps the files it has open: new ones are renamed into place, never written over.

build() {
  need_jdk
  is_stale || is_other_jdk || return 0
  mkdir -p "$root/build"
  exec 8>"$root/build/.lock"
  flock -n 8 || { say "waiting for another build" && flock 8; }
  if is_stale; then compile; fi
  record_caches
  exec 8>&-
}

sources() {
  find "$root"/pom.xml "$root"/*/pom.xml "$root"/*/src/main "$root"/launcher "$@" 2>/dev/null || true
}

# Times first, because that takes milliseconds; a touched file counts as changed only if its content did.
is_stale() {
  local stamp=$root/build/.built
  [[ -f $stamp ]] || return 0
  [[ -n $(sources -newer "$stamp" -print -quit) ]] || return 1
  [[ $(content_hash) == "$(<"$stamp")" ]] || return 0
  touch -c "$stamp" 2>/dev/null || true
  return 1
}

content_hash() {
  (cd "$root" && root=. && sources -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c 1-64)
}

compile() {
  need_maven
  say "building with Maven on $java_home (the first time fetches libraries)"
  local hash jar started=$SECONDS
  hash=$(content_hash)
  touch "$root/build/.building"
  rm -rf "$root"/*/target/lib
  maven -q -DskipTests -pl '!clients,!clients/flink' package 2>&1 | tee "$root/build/maven.log" >&2 || explain_failure
  unsign "$root"/app/target/lib/bc*.jar
  lay_out "$root/build/lib" "$root"/app/target/lib/*.jar "$root"/app/target/app-*.jar
  lay_out "$root/build/cli" "$root"/cli/target/lib/*.jar "$root"/cli/target/cli-*.jar
  lay_out "$root/build/bench" "$root"/bench/target/lib/*.jar "$root"/bench/target/bench-*.jar
  for jar in "$root"/build/lib/*.jar; do rm -f "$root/build/bench/${jar##*/}"; done
  unpack_native
  printf '%s\n' "$hash" >"$root/build/.hash"
  touch -r "$root/build/.building" "$root/build/.hash"
  mv "$root/build/.hash" "$root/build/.built"
  say "built in $((SECONDS - started)) s"
}

explain_failure() {
  ! grep -qE 'Could not transfer|Unknown host|Cannot access .* in offline mode' "$root/build/maven.log" \
    || die "libraries are missing and no Maven repository answers: connect, or name a mirror in ~/.m2/settings.xml"
  die "the build failed: see the lines above"
}

# lay_out FOLDER JAR...: makes the folder hold exactly these; a jar that has not changed stays untouched.
lay_out() {
  local folder=$1 jar name
  shift
  mkdir -p "$folder.next"
  for jar in "$@"; do
    name=${jar##*/}
    [[ $name != *-tests.jar && $name != *-sources.jar ]] || continue
    if cmp -s "$jar" "$folder/$name"; then
      ln -f "$folder/$name" "$folder.next/$name"
    else
      cp "$jar" "$folder.next/$name"
    fi
  done
  rm -rf "$folder"
  mv "$folder.next" "$folder"
}

# unsign JAR...: packs signed libraries again without their signatures. The JVM keeps no signed class in its cache and
# checks 20,000 digests at each start: 0.4 s of processor. Maven has checked what it fetched.
unsign() {
  local jar work
  for jar in "$@"; do
    [[ -f $jar ]] || continue
    work=$(mktemp -d)
    (cd "$work" && "$java_home/bin/jar" xf "$jar" && sed '/^\r*$/q' META-INF/MANIFEST.MF >main.mf \
      && rm -f META-INF/MANIFEST.MF META-INF/*.SF META-INF/*.DSA META-INF/*.RSA && mv main.mf "$work.mf" \
      && "$java_home/bin/jar" --create --date=2026-01-01T00:00:00Z --manifest "$work.mf" --file "$jar" .) \
      || say "${jar##*/} stays signed: starts will be slower"
    rm -rf "$work" "$work.mf"
  done
}

# The store's native library would be unpacked into the temporary folder at every start: 13 MB and its time.
unpack_native() {
  local jars=("$root"/build/lib/rocksdbjni-*.jar) machine
  machine=$(uname -m)
  rm -rf "$root/build/native"
  mkdir -p "$root/build/native"
  [[ -f ${jars[0]} ]] || return 0
  (cd "$root/build/native" && "$java_home/bin/jar" xf "${jars[0]}" \
    "librocksdbjni-linux${machine/#x86_64/64}.so" "librocksdbjni-linux-$machine.so") 2>/dev/null || true
}

# ---- the JVM's caches: one for the server, one for the client, each recorded by a short run of the real thing.

# Real containers where they can be had: starting them is what must be fast.
recorded_runtime() {
  if is_root && has containerd && { has crun || has runc; } && has nft && has ip; then
    printf 'containerd\n'
  else
    printf 'simulated\n'
  fi
}

cache_key() {
  cat "$java_home/release" "$root"/launcher/{run.sh,record-caches,training*.yaml}
  recorded_runtime
  stat -c '%n %s %Y' "$root"/build/lib/*.jar
}

is_other_jdk() { ! cmp -s "$java_home/release" "$root/build/.jdk"; }

record_caches() {
  local key
  key=$(cache_key | sha256sum)
  if [[ ! -f $root/build/.cached || $(<"$root/build/.cached") != "$key" ]]; then
    rm -f "$root"/build/*.aot "$root"/build/.{cached,jdk} # an interrupted recording is begun again
    "$root/launcher/record-caches" "$java_home" "$(recorded_runtime)" || say "no class cache could be recorded: starts will be slower"
    printf '%s\n' "$key" >"$root/build/.cached"
  fi
  cp "$java_home/release" "$root/build/.jdk"
}
