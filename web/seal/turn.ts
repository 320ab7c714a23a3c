/** Lets messages be heard by a loop whose promises are all fulfilled already: between those, nothing else of its thread has a turn. */

/** Fulfilled in a turn of its own, after what was waiting. Timers would wait four milliseconds each (HTML, "timer nesting level"). */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
