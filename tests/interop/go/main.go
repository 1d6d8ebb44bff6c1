// Sends and push-consumes with the Go client: `interop NAMESRV TOPIC`. Prints `ok NAME` or
// `FAILED NAME: why` per case; the first send makes the topic.
package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	rocketmq "github.com/apache/rocketmq-client-go/v2"
	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
	"github.com/apache/rocketmq-client-go/v2/producer"
	"github.com/apache/rocketmq-client-go/v2/rlog"
)

const count = 200

func send(namesrv, topic string) error {
	made, err := rocketmq.NewProducer(
		producer.WithNameServer([]string{namesrv}),
		producer.WithGroupName("go_producers"),
		producer.WithInstanceName("go_producer"))
	if err != nil {
		return err
	}
	if err = made.Start(); err != nil {
		return err
	}
	defer made.Shutdown()
	for i := 0; i < count; i++ {
		message := primitive.NewMessage(topic, []byte(fmt.Sprintf("from go %d", i)))
		message.WithTag([]string{"even", "odd"}[i%2]).WithKeys([]string{fmt.Sprintf("key-%d", i)})
		result, err := made.SendSync(context.Background(), message)
		if err != nil {
			return err
		}
		if result.Status != primitive.SendOK || result.MsgID == "" || result.OffsetMsgID == "" {
			return fmt.Errorf("message %d: %s", i, result.String())
		}
	}
	return nil
}

// received keeps what came, under a lock: the client calls back on many goroutines.
type received struct {
	mutex sync.Mutex
	keyOf map[string]string
	total int
}

func (r *received) take(_ context.Context, messages ...*primitive.MessageExt) (consumer.ConsumeResult, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, message := range messages {
		r.keyOf[string(message.Body)] = message.GetTags() + " " + message.GetKeys()
		r.total++
	}
	return consumer.ConsumeSuccess, nil
}

func (r *received) size() int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return len(r.keyOf)
}

func pushConsume(namesrv, topic string) error {
	made, err := rocketmq.NewPushConsumer(
		consumer.WithNameServer([]string{namesrv}),
		consumer.WithGroupName("go_consumers_"+topic),
		consumer.WithInstance("go_consumer"),
		consumer.WithConsumeFromWhere(consumer.ConsumeFromFirstOffset))
	if err != nil {
		return err
	}
	got := &received{keyOf: map[string]string{}}
	if err = made.Subscribe(topic, consumer.MessageSelector{}, got.take); err != nil {
		return err
	}
	if err = made.Start(); err != nil {
		return err
	}
	defer made.Shutdown()
	for deadline := time.Now().Add(60 * time.Second); got.size() < count; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("%d of %d messages came", got.size(), count)
		}
	}
	for i := 0; i < count; i++ {
		wanted := fmt.Sprintf("%s key-%d", []string{"even", "odd"}[i%2], i)
		if key := got.keyOf[fmt.Sprintf("from go %d", i)]; key != wanted {
			return fmt.Errorf("message %d has tag and key %q, not %q", i, key, wanted)
		}
	}
	if got.total != count {
		return fmt.Errorf("%d messages came %d times", count, got.total)
	}
	return nil
}

func main() {
	rlog.SetLogLevel("error")
	code := 0
	report := func(name string, err error) {
		if err != nil {
			code = 1
			fmt.Printf("FAILED %s: %v\n", name, err)
			return
		}
		fmt.Printf("ok %s\n", name)
	}
	report("go_send", send(os.Args[1], os.Args[2]))
	report("go_push_consume", pushConsume(os.Args[1], os.Args[2]))
	os.Exit(code)
}
