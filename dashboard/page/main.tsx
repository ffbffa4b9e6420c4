import { render } from 'preact';
import { App } from './app.tsx';
import { LiveData } from './live-data.ts';

const root = document.getElementById('app');
if (root !== null) {
  root.replaceChildren();
  render(<App data={new LiveData()} />, root);
}
