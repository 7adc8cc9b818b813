# Runs the server, the client and the tests.

wants_help() { [[ " $* " == *" --help "* || " $* " == *" -h "* ]]; }

# The API's benchmark starts simulated servers alone, the scheduler's none.
is_simulated() { [[ " $* " == *" --runtime simulated "* || " $* " == *" --runtime=simulated "* || "$*" == "bench api"* || "$*" == "bench schedule" ]]; }

require_root() {
  is_root || die "real containers need root: run it with sudo, or try ./starling up --runtime simulated"
}

class_path() {
  local IFS=: jars=("$root/build/$1"/*.jar)
  printf '%s' "${jars[*]}"
}

# Sets jvm_flags for the server or the client. A cache that does not fit is left aside by the JVM without a word.
flags_for() {
  jvm_flags=(-XX:+UseSerialGC -XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED -Xlog:disable
    -Xlog:all=error:stderr -Xlog:aot=off -Xlog:cds=off "-Dstarling.home=$root" "-Dstarling.images=$root/build/images")
  # Nothing here speaks a language but the root one: the JVM need not read what it knows of a thousand.
  jvm_flags+=(-Djava.locale.providers=SPI)
  # AES-GCM is fast once the second compiler has made it, which by itself would take 5,000 records of TLS.
  jvm_flags+=(-XX:CompileCommand=quiet
    '-XX:CompileCommand=CompileThresholdScaling,com.sun.crypto.provider.GaloisCounterMode*::*,0.02')
  case $1 in
    # Requests that compute share these threads, and none gives way to another: a few more than processors lets the
    # system divide them, so that a few expensive requests do not hold up all others.
    server) jvm_flags+=("-Djdk.virtualThreadScheduler.parallelism=$(($(nproc) < 4 ? 8 : 2 * $(nproc)))"
      -Xms32m -XX:MaxRAMPercentage=25 -XX:MinHeapFreeRatio=20 -XX:MaxHeapFreeRatio=40
      "-Djava.library.path=$root/build/native:/usr/lib/jni" --sun-misc-unsafe-memory-access=allow) ;;
    client) jvm_flags+=(-Xmx256m -XX:TieredStopAtLevel=1) ;;
  esac
}

use_cache() { if [[ -s $root/build/$1.aot ]]; then jvm_flags+=("-XX:AOTCache=$root/build/$1.aot"); fi; }

run_server() {
  local path main=dev.starling.app.Main
  path=$(class_path lib)
  flags_for server
  use_cache server
  if [[ $1 == bench && -f $root/bench/src/main/java/dev/starling/bench/Main.java ]]; then
    path=$path:$(class_path bench)
    main=dev.starling.bench.Main
    shift
  fi
  # shellcheck disable=SC2086 # the user's own flags are meant to be split
  exec "$java_home/bin/java" "${jvm_flags[@]}" ${STARLING_JAVA_OPTIONS:-} -cp "$path" "$main" "$@"
}

run_client() {
  flags_for client
  use_cache client
  exec "$java_home/bin/java" "${jvm_flags[@]}" -cp "$(class_path cli)" dev.starling.cli.Main "$@"
}

# make_images COMMAND: the images beside the build. Only the demo can't do without them.
make_images() {
  "$root/images/make" && return 0
  [[ $1 != demo ]] || die "the images could not be made: see the lines above"
  say "the images could not be made: images will have to come from a registry"
}

# ---- tests: one Maven run over all modules. It goes on after a failed test, so that one run shows all of them.

run_tests() {
  local slow=() log status=0
  case ${1:-} in
    '') ;;
    --slow) slow=(-Dstarling.slow=true) ;;
    *) die "usage: ./starling test [--slow]     every test; --slow adds those that take minutes" ;;
  esac
  if is_root; then need_test_tools; else say "without root, tests of real containers are left out"; fi
  build
  if is_root; then make_images test; fi
  need_maven
  log=$root/build/test.log
  rm -rf "$root"/*/target/surefire-reports
  maven verify -Dmaven.test.failure.ignore=true "-Dstarling.home=$root" "-Dstarling.images=$root/build/images" \
    "${slow[@]}" 2>&1 | tee "$log" | without_chatter || status=1
  count_tests "$status" "$log"
}

# The whole log stays in build/test.log.
without_chatter() {
  local chatter='-|Nothing to compile|No sources|No tests|skip non|Copying|[^ ]+:jar:'
  grep --line-buffered -vE "^\[INFO\] ($chatter|\$)" || true
}

# Prints the totals of all reports as the last line, and fails if anything did. A test process that died left no report:
# it counts as one failure, and so does a build that broke.
count_tests() {
  local status=$1 log=$2 tests=0 failed=0 skipped=0 t e s f crashed
  while read -r t e s f; do
    tests=$((tests + t)) failed=$((failed + e + f)) skipped=$((skipped + s))
  done < <(report_counts)
  crashed=$(grep -cE 'forked VM terminated|timeout in the fork|occurred in starting fork' "$log" || true)
  if [[ $crashed -gt 0 || $status -ne 0 ]]; then failed=$((failed + 1)) tests=$((tests + 1)); fi
  printf '%d passed, %d failed' $((tests - failed - skipped)) "$failed"
  [[ $skipped -eq 0 ]] || printf ', %d skipped' "$skipped"
  printf '\n'
  [[ $failed -eq 0 && $tests -gt 0 ]]
}

report_counts() {
  local counts='.* tests="\([0-9]*\)" errors="\([0-9]*\)" skipped="\([0-9]*\)" failures="\([0-9]*\)".*'
  find "$root"/*/target/surefire-reports -name 'TEST-*.xml' -exec \
    sed -n "/<testsuite /{s/$counts/\1 \2 \3 \4/p;q}" {} \; 2>/dev/null || true
}
