// Sends and push-consumes with the Go client: `interop NAMESRV PREFIX CASE...`. Prints `ok NAME` or
// `FAILED NAME: why` per case. Each case has a topic of its own, which its first send makes.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	rocketmq "github.com/apache/rocketmq-client-go/v2"
	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
	"github.com/apache/rocketmq-client-go/v2/producer"
	"github.com/apache/rocketmq-client-go/v2/rlog"
)

const (
	count    = 200
	patience = 60 * time.Second
)

// world is what a case needs: whom to ask, a topic, and a producer.
type world struct {
	namesrv, topic string
	producer       rocketmq.Producer
}

func tag(i int) string  { return []string{"even", "odd"}[i%2] }
func body(i int) string { return fmt.Sprintf("from go %d", i) }
func key(i int) string  { return fmt.Sprintf("key-%d", i) }

func (w world) message(i int) *primitive.Message {
	return primitive.NewMessage(w.topic, []byte(body(i))).WithTag(tag(i)).WithKeys([]string{key(i)})
}

func stored(result *primitive.SendResult) error {
	if result.Status != primitive.SendOK || result.MsgID == "" || result.OffsetMsgID == "" {
		return fmt.Errorf("not stored: %s", result.String())
	}
	return nil
}

func (w world) sendAll() error {
	for i := 0; i < count; i++ {
		result, err := w.producer.SendSync(context.Background(), w.message(i))
		if err != nil {
			return err
		}
		if err = stored(result); err != nil {
			return err
		}
	}
	return nil
}

func sendSync(w world) error {
	if err := w.sendAll(); err != nil {
		return err
	}
	return w.readBack("*", func(int) bool { return true })
}

func sendAsync(w world) error {
	results := make(chan error, count)
	for i := 0; i < count; i++ {
		err := w.producer.SendAsync(context.Background(), func(_ context.Context, result *primitive.SendResult, err error) {
			if err == nil {
				err = stored(result)
			}
			results <- err
		}, w.message(i))
		if err != nil {
			return err
		}
	}
	deadline := time.After(patience)
	for i := 0; i < count; i++ {
		select {
		case err := <-results:
			if err != nil {
				return err
			}
		case <-deadline:
			return fmt.Errorf("%d of %d callbacks came", i, count)
		}
	}
	return w.readBack("*", func(int) bool { return true })
}

func sendOneWay(w world) error {
	for i := 0; i < count; i++ {
		if err := w.producer.SendOneWay(context.Background(), w.message(i)); err != nil {
			return err
		}
	}
	return w.readBack("*", func(int) bool { return true })
}

func sendBatch(w world) error {
	for first := 0; first < count; first += 50 {
		var batch []*primitive.Message
		for i := first; i < first+50; i++ {
			batch = append(batch, w.message(i))
		}
		result, err := w.producer.SendSync(context.Background(), batch...)
		if err != nil {
			return err
		}
		// This client names no unique ids for a batch.
		ids := strings.Split(result.OffsetMsgID, ",")
		if result.Status != primitive.SendOK || len(ids) != len(batch) {
			return fmt.Errorf("not stored: %s", result.String())
		}
	}
	return w.readBack("*", func(int) bool { return true })
}

// consumeConcurrently stops and comes again: the group goes on where it stopped.
func consumeConcurrently(w world) error {
	for visit := 0; visit < 2; visit++ {
		if err := w.sendAll(); err != nil {
			return err
		}
		if err := w.read("go_concurrently", "*", func(int) bool { return true }); err != nil {
			return fmt.Errorf("visit %d: %w", visit, err)
		}
	}
	return nil
}

func consumeTagExpression(w world) error {
	if err := w.sendAll(); err != nil {
		return err
	}
	return w.readBack("nothing || even", func(i int) bool { return i%2 == 0 })
}

// received keeps what came, under a lock: the client calls back on many goroutines.
type received struct {
	mutex sync.Mutex
	about map[string]string // tag and key by body
	total int
}

func (r *received) take(_ context.Context, messages ...*primitive.MessageExt) (consumer.ConsumeResult, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, message := range messages {
		r.about[string(message.Body)] = message.GetTags() + " " + message.GetKeys()
		r.total++
	}
	return consumer.ConsumeSuccess, nil
}

func (r *received) size() int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return len(r.about)
}

func (w world) readBack(expression string, wanted func(int) bool) error {
	return w.read("go_readers_"+w.topic, expression, wanted)
}

func (w world) startConsumer(group, expression string, got *received) (rocketmq.PushConsumer, error) {
	made, err := rocketmq.NewPushConsumer(
		consumer.WithNameServer([]string{w.namesrv}),
		consumer.WithGroupName(group),
		consumer.WithInstance(fmt.Sprintf("%s_%d", group, time.Now().UnixNano())),
		consumer.WithConsumeFromWhere(consumer.ConsumeFromFirstOffset))
	if err != nil {
		return nil, err
	}
	selector := consumer.MessageSelector{Type: consumer.TAG, Expression: expression}
	if err = made.Subscribe(w.topic, selector, got.take); err != nil {
		return nil, err
	}
	return made, made.Start()
}

// read consumes with a group until all messages wanted came, which must be these alone, once each.
func (w world) read(group, expression string, wanted func(int) bool) error {
	got := &received{about: map[string]string{}}
	deadline := time.Now().Add(patience)
	// It does not start while the NameServer has not heard of the topic.
	made, err := w.startConsumer(group, expression, got)
	for ; err != nil; made, err = w.startConsumer(group, expression, got) {
		if time.Now().After(deadline) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
	defer made.Shutdown()
	about := map[string]string{}
	for i := 0; i < count; i++ {
		if wanted(i) {
			about[body(i)] = tag(i) + " " + key(i)
		}
	}
	for ; got.size() < len(about); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("%d of %d messages came", got.size(), len(about))
		}
	}
	got.mutex.Lock()
	defer got.mutex.Unlock()
	for each, wanted := range about {
		if got.about[each] != wanted {
			return fmt.Errorf("%q has tag and key %q, not %q", each, got.about[each], wanted)
		}
	}
	if got.total != len(about) {
		return fmt.Errorf("%d messages came %d times", len(about), got.total)
	}
	return nil
}

var cases = map[string]func(world) error{
	"send_sync":              sendSync,
	"send_makes_topic":       sendSync, // as all of them do
	"send_async":             sendAsync,
	"send_one_way":           sendOneWay,
	"send_batch":             sendBatch,
	"consume_concurrently":   consumeConcurrently,
	"consume_tag_expression": consumeTagExpression,
}

func main() {
	rlog.SetLogLevel("error")
	namesrv, prefix := os.Args[1], os.Args[2]
	made, err := rocketmq.NewProducer(
		producer.WithNameServer([]string{namesrv}),
		producer.WithGroupName("go_producers"),
		producer.WithInstanceName("go_producer"))
	if err == nil {
		err = made.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the producer does not start:", err)
		os.Exit(1)
	}
	code := 0
	for _, name := range os.Args[3:] {
		if err := cases[name](world{namesrv, prefix + "_" + name, made}); err != nil {
			code = 1
			fmt.Printf("FAILED %s: %v\n", name, err)
			continue
		}
		fmt.Printf("ok %s\n", name)
	}
	if err := made.Shutdown(); err != nil {
		fmt.Fprintln(os.Stderr, "the producer does not stop:", err)
	}
	os.Exit(code)
}
