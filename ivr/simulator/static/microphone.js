// Hands what the microphone hears to the page, piece by piece. Runs on the audio thread.
class Microphone extends AudioWorkletProcessor {
  process(inputs) {
    if (inputs[0].length) this.port.postMessage(inputs[0][0].slice());
    return true;
  }
}
registerProcessor("microphone", Microphone);
