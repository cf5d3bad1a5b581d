// Says so when a page that refreshes itself gets no answer: its figures then stand still. Shows what carries [data-cut], and
// hides it once an answer comes again.
const tell = (isCut) => {
  for (const element of document.querySelectorAll('[data-cut]')) element.hidden = !isCut;
};
for (const event of ['htmx:sendError', 'htmx:responseError', 'htmx:timeout']) {
  document.addEventListener(event, () => tell(true));
}
document.addEventListener('htmx:afterOnLoad', () => tell(false));
