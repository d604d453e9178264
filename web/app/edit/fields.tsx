/** Fields with their labels, hints and faults */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useTongue, type Words } from "../language";
import { decimalIn, refusal, typedIn } from "../numerals";
import { faultsAt, fieldId, useForm } from "./form";

interface Attributes {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
}

/** `refused`: what is wrong with it as it is typed, beside what the service says. */
function Field({ label, hint, pointer, wide = false, refused = "", children }: {
  label: string; hint?: string; pointer: string; wide?: boolean; refused?: string; children: (attributes: Attributes) => ComponentChildren;
}) {
  const own = faultsAt(useForm().faults, pointer), id = fieldId(pointer), about = `${id}-about`, wrong = own.length > 0 || refused !== "";
  return (
    <div class={`field ${wrong ? "wrong" : ""} ${wide ? "wide" : ""}`}>
      <label for={id}>{label}</label>
      {children({ id, "aria-invalid": wrong, "aria-describedby": hint || wrong ? about : undefined })}
      {(hint || wrong) && (
        <p class="hint" id={about}>
          {hint}{refused && <span class="fault">{refused}</span>}{own.map(({ detail, language = "en" }) => <span key={detail} class="fault" lang={language}>{detail}</span>)}
        </p>
      )}
    </div>
  );
}

interface TextProps {
  label: string;
  hint?: string;
  pointer: string;
  value: string;
  change: (value: string) => void;
  wide?: boolean;
  required?: boolean;
}

type Typing = { currentTarget: { value: string } };

export function TextField({ value, change, type = "text", list, lang, pattern, placeholder, inputMode, required = false, ...field }: TextProps & {
  type?: "text" | "url"; list?: string; lang?: string; pattern?: string; placeholder?: string; inputMode?: "numeric" | "url";
}) {
  const typing = { value, required, autoComplete: "off", onInput: (event: Typing) => change(event.currentTarget.value) };
  const shape = { lang, pattern, placeholder, inputMode };
  return <Field {...field}>{(attributes) => <input type={type} list={list} {...typing} {...shape} {...attributes} />}</Field>;
}

/** A decimal, which stands there as the reader's language writes it; of what is none in it the value is "", and the form is not sent. */
export function NumberField({ value, change, example, ...field }: TextProps & { example: string }) {
  const tongue = useTongue(), { language } = tongue;
  const [typed, setTyped] = useState(""), box = useRef<HTMLInputElement>(null);
  // The value changes without being typed where another reading is chosen, and what was typed is another number in another language.
  const text = (decimalIn(language, typed) ?? "") === value ? typed : typedIn(language, value), refused = refusal(tongue, text, decimalIn);
  const type = (event: Typing) => {
    setTyped(event.currentTarget.value);
    change(decimalIn(language, event.currentTarget.value) ?? "");
  };
  useEffect(() => box.current?.setCustomValidity(refused), [refused]);
  return (
    <Field {...field} refused={refused}>{(attributes) => (
      <input type="text" inputMode="decimal" autoComplete="off" value={text} placeholder={tongue.number(example)} onInput={type} ref={box} {...attributes} />
    )}</Field>
  );
}

export function DateField({ value, change, required = false, ...field }: TextProps) {
  const typing = { value, required, onInput: (event: Typing) => change(event.currentTarget.value) };
  return <Field {...field}>{(attributes) => <input type="date" {...typing} {...attributes} />}</Field>;
}

export function LongTextField({ value, change, required = false, ...field }: TextProps) {
  const typing = { value, required, onInput: (event: Typing) => change(event.currentTarget.value) };
  return <Field {...field}>{(attributes) => <textarea rows={2} {...typing} {...attributes} />}</Field>;
}

/** One of some words, each told in the reader's language. */
export function WordField<Word extends string>({ label, pointer, value, words, change }: {
  label: string; pointer: string; value: Word; words: readonly (readonly [Word, keyof Words])[]; change: (value: Word) => void;
}) {
  const { say } = useTongue();
  return (
    <Field label={label} pointer={pointer}>{(attributes) => (
      <select value={value} onChange={(event) => change(event.currentTarget.value as Word)} {...attributes}>
        {words.map(([word, key]) => <option key={word} value={word}>{say(key)}</option>)}
      </select>
    )}</Field>
  );
}
