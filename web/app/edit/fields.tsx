/** Fields with their labels, hints and faults */
import type { ComponentChildren } from "preact";
import { useTongue, type Words } from "../language";
import { faultsAt, fieldId, useForm } from "./form";

interface Attributes {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
}

function Field({ label, hint, pointer, wide = false, children }: {
  label: string; hint?: string; pointer: string; wide?: boolean; children: (attributes: Attributes) => ComponentChildren;
}) {
  const own = faultsAt(useForm().faults, pointer), id = fieldId(pointer), about = `${id}-about`;
  return (
    <div class={`field ${own.length ? "wrong" : ""} ${wide ? "wide" : ""}`}>
      <label for={id}>{label}</label>
      {children({ id, "aria-invalid": own.length > 0, "aria-describedby": hint || own.length ? about : undefined })}
      {(hint || own.length > 0) && (
        <p class="hint" id={about}>{hint}{own.map(({ detail }) => <span key={detail} class="fault" lang="en">{detail}</span>)}</p>
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
  type?: "text" | "url"; list?: string; lang?: string; pattern?: string; placeholder?: string; inputMode?: "decimal" | "numeric" | "url";
}) {
  const typing = { value, required, autoComplete: "off", onInput: (event: Typing) => change(event.currentTarget.value) };
  const shape = { lang, pattern, placeholder, inputMode };
  return <Field {...field}>{(attributes) => <input type={type} list={list} {...typing} {...shape} {...attributes} />}</Field>;
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
