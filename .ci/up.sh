# A NameServer and a broker on this machine. Sourced by dev.
readonly up_folder=.gantry namesrv=127.0.0.1:9876 broker_port=10911

cmd_up() {
  [[ ${1:-} == "" || $1 == --check ]] || die "up knows only --check"
  install_missing build
  build dev mqbroker mqproducer mqconsumer
  mkdir -p $up_folder
  exec 9>$up_folder/lock
  flock --nonblock 9 || die "another ./dev up runs here already"
  write_broker_config
  start_broker
  trap stop_broker EXIT
  trap 'exit 0' INT TERM
  wait_for_broker
  show_that_it_lives
  [[ ${1:-} != --check ]] || return 0
  say_what_next
  wait "$broker" || die "the broker ended; see $up_folder/broker.log"
}

write_broker_config() {
  cat >$up_folder/broker.conf <<END
brokerClusterName=DefaultCluster
brokerName=broker-a
brokerId=0
brokerIP1=127.0.0.1
bindAddress=127.0.0.1
listenPort=$broker_port
namesrvAddr=$namesrv
storePathRootDir=$root/$up_folder/store
END
}

# In the background with a group of its own: Ctrl-C reaches this script first, which then stops the broker.
start_broker() {
  say "start mqbroker --with-namesrv; its store and log are in $up_folder"
  set -m
  build/dev/mqbroker --with-namesrv -c $up_folder/broker.conf >$up_folder/broker.log 2>&1 9>&- &
  broker=$!
  set +m
}

stop_broker() {
  kill -TERM "$broker" 2>/dev/null || return 0
  say "stop"
  wait "$broker" || die "the broker did not stop as it should; see $up_folder/broker.log"
}

# Until it says so; a broker that has ended has said why.
wait_for_broker() {
  local deadline=$((SECONDS + 30))
  until grep -q 'boot success' $up_folder/broker.log; do
    kill -0 "$broker" 2>/dev/null || { cat $up_folder/broker.log >&2; trap - EXIT; die "the broker did not start"; }
    ((SECONDS < deadline)) || die "the broker is not ready after 30 s; see $up_folder/broker.log"
    sleep 0.1
  done
}

show_that_it_lives() {
  local body line consumer came=""
  body="hello from $HOSTNAME at $(date +%T)"
  say "send and receive a message"
  build/dev/mqproducer -n $namesrv -t TopicTest -m "$body" || die "the message could not be sent"
  exec 3< <(exec build/dev/mqconsumer -n $namesrv -t TopicTest -g dev_up --from-first 9>&-)
  consumer=$!
  while [[ $came == "" ]] && read -r -t 30 line <&3; do
    [[ $line != *"$body"* ]] || came=$line
  done
  kill -TERM "$consumer" 2>/dev/null || true
  exec 3<&-
  [[ $came != "" ]] || die "the message did not come back within 30 s"
  echo "received: $came"
}

say_what_next() {
  cat <<END

A NameServer listens on $namesrv, a broker on 127.0.0.1:$broker_port. Point any RocketMQ 4.x client at them, or try:

  build/dev/mqconsumer -n $namesrv -t TopicTest -g my_group      tail a topic
  build/dev/mqproducer -n $namesrv -t TopicTest -m 'a message'   send to it, in another terminal

Ctrl-C stops both. The store stays in $up_folder/store; remove that folder to begin anew.
END
}
