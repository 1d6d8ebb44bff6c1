# The groups of tests, and how their tests are counted. Sourced by dev.
readonly all_groups=(house unit contract property determinism seal fuzz interop)
readonly unit_programs=(test_model test_runtime test_sim test_store test_broker test_client test_traces)
readonly archives=(gantry_model gantry_runtime_sync gantry_remoting gantry_broker gantry_client)

# Generated tests find the same things every time; ./dev sim is for fresh ones.
export RC_PARAMS="seed=20261123"

begin_results() { passed=0 failed=0 skipped=0 started=$SECONDS; mkdir -p build/test; }

end_results() {
  local line="$passed passed, $failed failed"
  ((skipped == 0)) || line+=", $skipped skipped"
  say "done in $(((SECONDS - started) / 60)) min $(((SECONDS - started) % 60)) s; logs are in build/test"
  echo "$line"
  ((failed == 0))
}

run_groups() {
  local group
  for group in "$@"; do
    say "$group"
    "group_$group" || fail "$group" "the group ended early"
  done
}

fail() {
  failed=$((failed + 1))
  echo "FAILED $1: $2"
}

# counted NAME COMMAND...: runs it, keeps its output in build/test/NAME.log, counts its tests. Shows the
# tests' own `ok` and `FAILED` lines as they come, and all of the output when GoogleTest ran and failed.
counted() {
  local name=$1 log=build/test/$1.log status=0 begin=$SECONDS p f s
  shift
  "$@" 2>&1 | tee "$log" | grep --line-buffered -E '^(ok|FAILED|  ) ' || status=${PIPESTATUS[0]}
  read -r p f s < <(count_tests "$log")
  if ((status != 0 && f == 0)); then
    f=1
    echo "FAILED $name: ended with exit code $status"
  elif ((p + f == 0)); then
    f=1
    echo "FAILED $name: ran no test"
  fi
  if grep -q '^\[==========\]' "$log"; then
    ((f == 0)) || tail -n 200 "$log"
  fi
  printf '%-24s %5d passed, %d failed, %d s\n' "$name" "$p" "$f" "$((SECONDS - begin))"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

count_tests() {
  awk '/^\[       OK \] / || /^ok +[^ ]/ { p++ }
       /^\[  FAILED  \] .* ms\)$/ || /^FAILED / { f++ }
       /^\[  SKIPPED \] .* ms\)$/ { s++ }
       END { print p + 0, f + 0, s + 0 }' "$1"
}

# run_programs PRESET PROGRAM...: builds and runs GoogleTest programs.
run_programs() {
  local preset=$1 program
  shift
  build "$preset" "$@" || return 1
  for program in "$@"; do
    counted "$program.$preset" "build/$preset/tests/$program"
  done
}

group_format() {
  if sources | xargs clang-format-19 --dry-run -Werror; then
    passed=$((passed + 1))
    echo "ok     format"
  else
    fail format "run ./dev format"
  fi
}

group_layers() { counted layers python3 -B tests/house/run.py layers; }

group_house() {
  group_format
  build dev "${archives[@]}" && build debug "${archives[@]}" || return 1
  counted house python3 -B tests/house/run.py all build/dev build/debug
}

# The whole tree: what no test runs must build, too, the examples above all.
group_unit() {
  build dev || return 1
  GTEST_FILTER=-$seal_tests run_programs dev "${unit_programs[@]}"
}
group_contract() { run_programs dev test_contract; }
# The claims, that every fault comes up, that they find the bugs planted for them, and that a run can be drawn and told.
group_property() {
  run_programs dev test_properties && build dev mqsim mqtrace || return 1
  counted coverage generators_reach_everything
  counted traces python3 -B tests/traces/run.py build/dev
  counted mutants python3 -B properties/mutants/run.py build/dev
}

# Every kind of fault and every phase comes up in these cases.
generators_reach_everything() { build/dev/mqsim coverage --seeds 300 && echo "ok     coverage"; }

# The doors that a running simulation finds closed; they belong to the simulator's program.
readonly seal_tests='Seal.*'
group_seal() { GTEST_FILTER=$seal_tests run_programs dev test_sim; }

group_determinism() {
  build dev mqsim && build debug mqsim && build clang mqsim || return 1
  counted determinism python3 -B tests/determinism/run.py build/dev/mqsim build/debug/mqsim build/clang/mqsim
}

group_fuzz() {
  run_programs asan test_model test_decoders test_store || return 1
  local targets
  mapfile -t targets < <(fuzz_targets)
  fuzz_decoders $(((60 + ${#targets[@]} - 1) / ${#targets[@]}))  # a minute in total
}

fuzz_targets() { (cd tests/fuzz && ls fuzz_*.cpp | sed 's/\.cpp$//'); }

# fuzz_decoders SECONDS: for each target.
fuzz_decoders() {
  local program targets
  mapfile -t targets < <(fuzz_targets)
  build asan "${targets[@]}" && build dev mqsim || return 1
  mkdir -p build/fuzz/records
  build/dev/mqsim replay docs/pictures/lost_message.txt --record build/fuzz/records/lost_message >/dev/null || return 1
  for program in "${targets[@]}"; do
    counted "$program" fuzz_one "$program" "$1"
  done
}

# fuzz_one PROGRAM SECONDS: no crash, no hang, no unbounded memory. Begins with what Java wrote, cases and a record.
fuzz_one() {
  local corpus=build/fuzz/$1
  mkdir -p "$corpus"
  "build/asan/tests/$1" "$corpus" tests/golden properties/regressions build/fuzz/records -max_len=262144 -max_total_time="$2" -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=256 \
    -artifact_prefix="$corpus-" -print_final_stats=1 -verbosity=0 && echo "ok     $1"
}

# A program outside of the tree builds with Gantry's client, by what README.md says, and hears that nobody is there.
outside_program() {
  local said status=0
  cmake -S tests/outside -B build/outside -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo && cmake --build build/outside || return 1
  said=$(build/outside/outside 127.0.0.1:1 2>&1) || status=$?
  [[ $status == 1 && $said == "not sent: "* ]] && echo "ok     outside" || echo "FAILED outside: exit code $status: $said"
}

group_interop() {
  local examples
  mapfile -t examples < <(cd client/examples && ls | sed 's/^/example_/; s/\.cpp$//')
  build dev mqnamesrv mqbroker mqproducer mqconsumer mqbench mqsim mqtrace "${examples[@]}" || return 1
  counted outside outside_program
  counted interop python3 -B tests/interop/run.py build/dev
}
