import { useCompletion } from '@ai-sdk/react';
import {
  QueryClient,
  QueryClientProvider,
  experimental_streamedQuery as streamedQuery,
  useQuery,
} from '@tanstack/react-query';
import { type ReactNode, useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { useEventSource as useEventSourceOfPeer } from 'react-use-websocket';
import { type FlushMode, useEventSource, useStreamingFetch } from 'rivulet';
import { END } from './answer.mjs';
import { deltaOf, readTokens, tokensOf } from './read-tokens.ts';

interface ContestantProps {
  readonly url: string;
  /** The stream ended; what is shown may still be behind. With a text: it is shown in another form. */
  readonly onEnd: (text?: string) => void;
  /** For contestants that write without React. */
  readonly onWrite: () => void;
}

type Contestant = (props: ContestantProps) => ReactNode;

/** The text, in a box of constant size as a chat has one. */
function Paragraph({ children }: { readonly children: ReactNode }) {
  return <p className="answer">{children}</p>;
}

/** The floor: what nobody who shows the text can do without. */
function TextContent({ url, onEnd, onWrite }: ContestantProps) {
  const paragraph = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    let text = '';
    let frame = 0;
    const show = () => {
      frame = 0;
      if (paragraph.current !== null) paragraph.current.textContent = text;
      onWrite();
    };
    void readTokens(url, (token) => {
      text += token;
      if (frame === 0) frame = requestAnimationFrame(show);
    }).then(() => onEnd());
  }, [url, onEnd, onWrite]);
  return <p className="answer" ref={paragraph} />;
}

function StatePerEvent({ url, onEnd }: ContestantProps) {
  const [text, setText] = useState('');
  useEffect(() => {
    void readTokens(url, (token) => setText((before) => before + token)).then(() => onEnd());
  }, [url, onEnd]);
  return <Paragraph>{text}</Paragraph>;
}

function StatePerNativeEvent({ url, onEnd }: ContestantProps) {
  const [text, setText] = useState('');
  useEffect(() => {
    const source = new EventSource(url);
    source.onmessage = ({ data }: MessageEvent<string>) => {
      if (data === END) {
        source.close();
        onEnd();
      } else {
        setText((before) => before + deltaOf(data));
      }
    };
    return () => source.close();
  }, [url, onEnd]);
  return <Paragraph>{text}</Paragraph>;
}

/** As its documentation shows it: an effect on the newest event. */
function ReactUseWebsocket({ url, onEnd }: ContestantProps) {
  const [text, append] = useReducer((before: string, data: string) => before + deltaOf(data), '');
  const [isOver, setIsOver] = useState(false);
  const onMessage = ({ data }: MessageEvent<string>) => {
    if (data !== END) return;
    setIsOver(true);
    onEnd();
  };
  const { lastEvent } = useEventSourceOfPeer(url, { onMessage }, !isOver);
  useEffect(() => {
    if (lastEvent && lastEvent.data !== END) append(lastEvent.data);
  }, [lastEvent]);
  return <Paragraph>{text}</Paragraph>;
}

interface CompletionProps extends ContestantProps {
  readonly throttleMs?: number;
}

function Completion({ url, onEnd, throttleMs }: CompletionProps) {
  const { completion, complete } = useCompletion({
    api: url,
    onFinish: () => onEnd(),
    ...(throttleMs !== undefined && { experimental_throttle: throttleMs }),
  });
  const hasStarted = useRef(false);
  useEffect(() => {
    if (hasStarted.current) return;
    hasStarted.current = true;
    void complete('Count.');
  }, [complete]);
  return <Paragraph>{completion}</Paragraph>;
}

function ThrottledCompletion(props: ContestantProps) {
  return <Completion {...props} throttleMs={50} />;
}

function StreamedText({ url, onEnd }: ContestantProps) {
  const { data = '', isFetching } = useQuery({
    queryKey: [url],
    queryFn: streamedQuery({
      streamFn: () => tokensOf(url),
      reducer: (text: string, token: string) => text + token,
      initialValue: '',
    }),
  });
  useEffect(() => {
    if (!isFetching) onEnd();
  }, [isFetching, onEnd]);
  return <Paragraph>{data}</Paragraph>;
}

function StreamedList({ url, onEnd }: ContestantProps) {
  const { data = [], isFetching } = useQuery({
    queryKey: [url],
    queryFn: streamedQuery({ streamFn: () => tokensOf(url) }),
  });
  useEffect(() => {
    if (!isFetching) onEnd();
  }, [isFetching, onEnd]);
  return <Paragraph>{data.join('')}</Paragraph>;
}

/** A component below a query client of its own. */
function withQueries(Contestant: Contestant) {
  return function WithQueries(props: ContestantProps) {
    const [client] = useState(
      () => new QueryClient({ defaultOptions: { queries: { retry: false } } }),
    );
    return (
      <QueryClientProvider client={client}>
        <Contestant {...props} />
      </QueryClientProvider>
    );
  };
}

/** The value of a message: the token in it. */
const parse = ({ data }: { readonly data: string }) => deltaOf(data);

interface AnswerProps extends ContestantProps {
  /** Shows the length in place of the text: what is left is not layout. */
  readonly showsLength?: boolean;
}

function Answer({ url, onEnd, showsLength = false }: AnswerProps) {
  const { text, status } = useStreamingFetch(url, {
    autoStart: true,
    parse,
    toText: ({ value }) => value,
    endWhen: END,
  });
  useEffect(() => {
    if (status === 'done') onEnd(showsLength ? text : undefined);
  }, [status, showsLength, text, onEnd]);
  return showsLength ? <output>{text.length}</output> : <Paragraph>{text}</Paragraph>;
}

interface SubscriptionProps extends ContestantProps {
  readonly flush?: FlushMode;
}

function Subscription({ url, onEnd, flush }: SubscriptionProps) {
  const { state, status } = useEventSource(url, {
    flush,
    parse,
    reduce: (text: string, { value }) => text + value,
    initialState: '',
    endWhen: END,
  });
  useEffect(() => {
    if (status === 'done') onEnd();
  }, [status, onEnd]);
  return <Paragraph>{state}</Paragraph>;
}

const HOOKS = Array.from({ length: 10 }, (_, index) => `hook-${index}`);

/** Ten subscriptions on one page, each to a host of its own: a browser opens six connections to one. */
function TenSubscriptions({ url, onEnd, onWrite }: ContestantProps) {
  const [open, setOpen] = useState(HOOKS.length);
  const close = useCallback(() => setOpen((count) => count - 1), []);
  useEffect(() => {
    if (open === 0) onEnd();
  }, [open, onEnd]);
  return HOOKS.map((host) => (
    <Subscription
      key={host}
      url={url.replace('//', `//${host}.`)}
      onEnd={close}
      onWrite={onWrite}
      flush="frame"
    />
  ));
}

/** Everyone who can be asked for, by the name that the tables show. */
export const contestants: ReadonlyMap<string, Contestant> = new Map<string, Contestant>([
  ['textContent per frame', TextContent],
  ['useState per event', StatePerEvent],
  ['useState per event, EventSource', StatePerNativeEvent],
  ['react-use-websocket', ReactUseWebsocket],
  ['@ai-sdk/react', Completion],
  ['@ai-sdk/react, throttled', ThrottledCompletion],
  ['@tanstack/react-query, text', withQueries(StreamedText)],
  ['@tanstack/react-query, list', withQueries(StreamedList)],
  ['rivulet', Answer],
  ['rivulet, length shown', (props) => <Answer {...props} showsLength />],
  ['rivulet, useEventSource', Subscription],
  ['rivulet, one hook', (props) => <Subscription {...props} flush="frame" />],
  ['rivulet, ten hooks', TenSubscriptions],
]);
