import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { useEventSource } from 'rivulet';
import { inPage } from 'rivulet/share';
import { END } from './answer.mjs';

export interface CrowdProps {
  readonly url: string;
  readonly subscribers: number;
  /** The subscriber with this number got this event. */
  readonly onTick: (subscriber: number, tick: string) => void;
  readonly onEnd: () => void;
}

interface SubscriberProps extends Omit<CrowdProps, 'subscribers'> {
  readonly subscriber: number;
}

function numbersTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** One of many with a subscription of its own to a connection that all share. */
function Subscriber({ url, subscriber, onTick, onEnd }: SubscriberProps) {
  const { data, status } = useEventSource(url, {
    share: inPage,
    endWhen: END,
    onMessage: (message) => onTick(subscriber, message.data),
  });
  useEffect(() => {
    if (status === 'done' && subscriber === 0) onEnd();
  }, [status, subscriber, onEnd]);
  return <i>{data}</i>;
}

function SharedConnection({ subscribers, ...props }: CrowdProps) {
  return numbersTo(subscribers).map((subscriber) => (
    <Subscriber key={subscriber} subscriber={subscriber} {...props} />
  ));
}

const Tick = createContext<string | undefined>(undefined);

function Reader() {
  return <i>{useContext(Tick)}</i>;
}

/** The floor: one state above all of them. */
function StateAbove({ url, subscribers, onTick, onEnd }: CrowdProps) {
  const [tick, setTick] = useState<string>();
  useEffect(() => {
    const source = new EventSource(url);
    source.onmessage = ({ data }: MessageEvent<string>) => {
      if (data === END) {
        source.close();
        onEnd();
      } else {
        for (const subscriber of numbersTo(subscribers)) onTick(subscriber, data);
        setTick(data);
      }
    };
    return () => source.close();
  }, [url, subscribers, onTick, onEnd]);
  const [readers] = useState(() => {
    return numbersTo(subscribers).map((subscriber) => <Reader key={subscriber} />);
  });
  return <Tick value={tick}>{readers}</Tick>;
}

/** Who can be asked for, by the name that the tables show. */
export const crowds = new Map<string, (props: CrowdProps) => ReactNode>([
  ['rivulet', SharedConnection],
  ['one state above all', StateAbove],
]);
