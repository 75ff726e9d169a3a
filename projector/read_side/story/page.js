// Plays the recording of a call from the second that a button names, and nothing else meanwhile.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-second]");
  const audio = button && document.getElementById(button.dataset.audio);
  if (!audio) return;
  for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
  audio.currentTime = Number(button.dataset.second);
  audio.play();
});
