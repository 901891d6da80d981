// For LD_PRELOAD: an ALSA sequencer that is silent, where the kernel has none. Without one qtractor opens no session.
#include <errno.h>
#include <poll.h>
#include <unistd.h>

static int sequencer, ports, ends[2] = {-1, -1};

int snd_seq_open(void **handle, const char *name, int streams, int mode) {
    if (ends[0] < 0 && pipe(ends)) return -EIO;
    *handle = &sequencer;
    return 0;
}

int snd_seq_poll_descriptors(void *handle, struct pollfd *polled, unsigned space, short events) {
    *polled = (struct pollfd){.fd = ends[0], .events = POLLIN};
    return 1;
}

int snd_seq_event_input(void *handle, void **event) {
    *event = 0;
    usleep(100000);
    return -EAGAIN;
}

int snd_seq_create_simple_port(void *handle, const char *name, unsigned may, unsigned type) { return ports++; }

// What each of the rest answers, whatever it is asked.
#define ANSWERS(answer, name) int name() { return answer; }
ANSWERS(128, snd_seq_client_id)
ANSWERS(1, snd_seq_alloc_queue)
ANSWERS(1, snd_seq_poll_descriptors_count)
ANSWERS(-ENOENT, snd_seq_query_next_client)
ANSWERS(-ENOENT, snd_seq_query_next_port)
ANSWERS(-ENOENT, snd_seq_query_port_subscribers)
ANSWERS(0, snd_seq_close)
ANSWERS(0, snd_seq_set_client_name)
ANSWERS(0, snd_seq_free_queue)
ANSWERS(0, snd_seq_control_queue)
ANSWERS(0, snd_seq_delete_simple_port)
ANSWERS(0, snd_seq_drain_output)
ANSWERS(0, snd_seq_drop_input)
ANSWERS(0, snd_seq_drop_output)
ANSWERS(0, snd_seq_event_input_pending)
ANSWERS(0, snd_seq_event_output)
ANSWERS(0, snd_seq_event_output_direct)
ANSWERS(0, snd_seq_free_event)
ANSWERS(0, snd_seq_get_any_client_info)
ANSWERS(0, snd_seq_get_any_port_info)
ANSWERS(0, snd_seq_get_port_info)
ANSWERS(0, snd_seq_set_port_info)
ANSWERS(0, snd_seq_get_queue_status)
ANSWERS(0, snd_seq_get_queue_tempo)
ANSWERS(0, snd_seq_set_queue_tempo)
ANSWERS(0, snd_seq_set_queue_timer)
ANSWERS(0, snd_seq_remove_events)
ANSWERS(0, snd_seq_subscribe_port)
ANSWERS(0, snd_seq_unsubscribe_port)
