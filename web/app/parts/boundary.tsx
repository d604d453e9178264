/** Holds what fails while it is shown, so that all around it stays */
import { Component, type ComponentChildren } from "preact";
import { useTongue } from "../language";

function Broken() {
  const { say } = useTongue();
  return (
    <div class="state" role="alert">
      <h1>{say("failed")}</h1>
      <p>{say("pageFailed")}</p>
      <button type="button" onClick={() => location.reload()}>{say("loadAgain")}</button>
    </div>
  );
}

interface Held {
  /** What is shown: what failed of one says nothing of another. */
  of: string;
  children: ComponentChildren;
}

export class Boundary extends Component<Held, { of: string; broken: boolean }> {
  override state = { of: this.props.of, broken: false };

  static override getDerivedStateFromProps({ of }: Held, before: { of: string }) {
    return of === before.of ? null : { of, broken: false };
  }

  override componentDidCatch() {
    this.setState({ broken: true });
  }

  override render() {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}
