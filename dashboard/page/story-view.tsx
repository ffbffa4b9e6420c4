import { duration } from '../../api/age.ts';
import type { Story, StoryStep, WarmUp } from '../wire/story.ts';
import { timeOfDay } from './format.ts';
import { WarmChart } from './warm-chart.tsx';

/** A story: the verdict, then each image on its way. */
export function StoryView({ story, now }: { readonly story: Story; readonly now: number }) {
  const { verdict, reason, message, advice, settingProblems } = story.why;
  return (
    <>
      <p class="verdict">
        <strong>{reason === undefined ? verdict : `${verdict}, ${reason}`}</strong>: {message}
      </p>
      {[...advice, ...settingProblems].map(line => (
        <p key={line} class="note">
          {line}
        </p>
      ))}
      {story.warmUps.map(warmUp => (
        <WarmUpView key={warmUp.job} warmUp={warmUp} now={now} />
      ))}
    </>
  );
}

function WarmUpView({ warmUp, now }: { readonly warmUp: WarmUp; readonly now: number }) {
  const { image, steps, since } = warmUp;
  return (
    <div class="warm-up">
      <p class="image">{image}</p>
      <ol class="steps">
        {steps.map(step => (
          <Step key={step.what} step={step} since={since} />
        ))}
      </ol>
      <WarmChart warmUp={warmUp} now={now} />
    </div>
  );
}

function Step({ step, since }: { readonly step: StoryStep; readonly since: string }) {
  const { what, at } = step;
  if (at === undefined) return <li class="open">{what}</li>;
  const afterMs = Date.parse(at) - Date.parse(since);
  return (
    <li class="done">
      {what}{' '}
      <span class="quiet">
        {timeOfDay(at)}
        {afterMs > 0 ? `, after ${duration(afterMs)}` : ''}
      </span>
    </li>
  );
}
