package bus_test

import (
	"context"
	"fmt"
	"os"

	"haidang/internal/bus"
)

// A stage reads one topic and publishes to the next. What it returns decides what becomes of the message.
func ExampleBus_Run() {
	dir, err := os.MkdirTemp("", "bus")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ctx, stop := context.WithCancel(context.Background())
	cfg := bus.DefaultConfig()
	cfg.DataDir = dir
	b, err := bus.Open(ctx, cfg, bus.Deps{})
	if err != nil {
		panic(err)
	}
	defer b.Close()

	if err := b.Publish(ctx, bus.Message{Topic: bus.Articles, Key: []byte("article-1"), Value: []byte("tin tức")}); err != nil {
		panic(err)
	}
	err = b.Run(ctx, bus.Subscription{
		Topic: bus.Articles, Group: "classify", Stage: "classify",
		Handle: func(ctx context.Context, msgs []bus.Message) error {
			for _, m := range msgs {
				fmt.Printf("%s: %s\n", m.Key, m.Value)
			}
			stop() // this example has seen enough; the batch is acknowledged all the same
			return nil
		},
	})
	fmt.Println(err)
	// Output:
	// article-1: tin tức
	// <nil>
}
