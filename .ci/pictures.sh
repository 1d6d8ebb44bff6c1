# Diagrams of runs, by mqsim and mqtrace. Sourced by dev.

# record_of CASE RECORD: what mqsim says of the run; a claim that failed is worth a picture too.
record_of() {
  local status=0
  rm -f "$2"
  build/dev/mqsim replay "$1" --record "$2" || status=$?
  [[ -s $2 ]] || die "the run of $1 left nothing to draw (mqsim ended with $status)"
}

# cmd_draw CASE [MESSAGE]: the whole run, and the life of the message (by itself: the one that fared worst).
cmd_draw() {
  local file name into=build/draw message=${2:-}
  file=$(named "${1:-}") || exit
  name=$(basename "$file")
  name=${name%.*}
  install_missing build
  build dev mqsim mqtrace
  mkdir -p "$into"
  record_of "$file" "$into/$name.record"
  build/dev/mqtrace draw "$into/$name.record" -o "$into/$name.svg"
  [[ -n $message ]] || message=$(build/dev/mqtrace harmed "$into/$name.record" | awk 'NR == 1 { print $1 }')
  [[ -n $message ]] || return 0
  build/dev/mqtrace draw "$into/$name.record" --message "$message" -o "$into/$name-$message.svg"
  build/dev/mqtrace why "$into/$name.record" "$message"
}

# The pictures of the documentation, from the cases beside them.
cmd_pictures() {
  install_missing build
  build dev mqsim mqtrace
  mkdir -p build/draw
  picture first_messages
  picture lost_message --message m2
  picture hundred_messages
}

# picture NAME [OPTION...]: docs/pictures/NAME.svg from NAME.txt
picture() {
  local name=$1
  shift
  record_of "docs/pictures/$name.txt" "build/draw/$name.record" >/dev/null
  build/dev/mqtrace draw "build/draw/$name.record" "$@" -o "docs/pictures/$name.svg"
}
