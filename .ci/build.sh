# Configures and builds presets. Sourced by dev.
#
# The compiler cache sees the tree by relative paths, so that a clone elsewhere finds what this one compiled.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root} CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-include_file_mtime,include_file_ctime,time_macros,pch_defines}

# build PRESET [TARGET...]: everything without a target. Quiet when all is well.
build() {
  local preset=$1 log=build/$1.log
  shift
  mkdir -p build
  say "build $preset${*:+: $*}"
  [[ -f build/$preset/build.ninja ]] || cmake --preset "$preset" >"$log" 2>&1 || { cat "$log"; return 1; }
  if [[ -t 1 ]]; then
    cmake --build --preset "$preset" ${*:+--target "$@"}
  else
    cmake --build --preset "$preset" ${*:+--target "$@"} >"$log" 2>&1 || { tail -n 60 "$log"; return 1; }
  fi
}

cmd_format() {
  install_missing check
  sources | xargs clang-format-19 -i
}

sources() {
  find . -path './[mrsbcpt]*' -not -path './build/*' \( -name '*.h' -o -name '*.cpp' \) -print | sort
}
