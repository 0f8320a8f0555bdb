import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { brokersApi } from '@/lib/api/calls';
import { ApiProblem } from '@/lib/api/problem';
import type { Broker } from '@/lib/api/types';
import { liveCache } from '@/lib/live/live-cache';
import { draftOf, emptyDraft, faultsOf, inputOf, type BrokerDraft } from './broker-draft';

/** The form's state and what saving it leads to: done, errors at fields, a conflict, or a problem. */
export function useBrokerSaving(original: Broker | null, onDone: () => void) {
  const client = useQueryClient();
  const [broker, setBroker] = useState(original);
  const [draft, setDraft] = useState(() => (original ? draftOf(original) : emptyDraft()));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<unknown>(null);
  const [newer, setNewer] = useState<Broker | null>(null);
  const [busy, setBusy] = useState(false);

  /** Shows errors at their fields. A password that must be typed again gets a field to type it in. */
  const showErrors = (found: Record<string, string>) => {
    setErrors(found);
    if (found['password'] !== undefined) setDraft((known) => ({ ...known, passwordWish: 'replace' }));
  };

  /** Takes what the server says of fields: true if it said anything. */
  const refused = (error: unknown): boolean => {
    if (!(error instanceof ApiProblem) || error.fields.length === 0) return false;
    showErrors(error.fieldErrors());
    return true;
  };

  /** The settings as they stand, to be tried; null when something is wrong with them, which is then shown. */
  const settings = () => {
    // What has no name yet can be tried all the same.
    const named = draft.broker_name.trim() === '' ? { ...draft, broker_name: 'Connection test' } : draft;
    const faults = faultsOf(named, broker);
    showErrors(faults);
    if (Object.keys(faults).length > 0) return null;
    const { version: _, ...input } = inputOf(named, broker);
    return broker === null ? input : { ...input, id: broker.id };
  };

  const fail = async (error: unknown) => {
    if (!(error instanceof ApiProblem)) return setProblem(error);
    if (refused(error)) return;
    // A conflict is a taken name or a stale version; the broker itself tells which.
    const now = error.status === 409 && broker ? await brokersApi.get(broker.id).catch(() => null) : null;
    if (now !== null && now.version !== broker?.version) return setNewer(now);
    setProblem(error);
  };

  const save = async () => {
    const faults = faultsOf(draft, broker);
    showErrors(faults);
    setProblem(null);
    setNewer(null);
    if (Object.keys(faults).length > 0) return;
    setBusy(true);
    try {
      const input = inputOf(draft, broker);
      await (broker ? brokersApi.change(broker.id, input) : brokersApi.add(input));
      liveCache.listsChanged(client);
      onDone();
    } catch (error) {
      await fail(error);
    } finally {
      setBusy(false);
    }
  };

  /** Throws the own changes away for what somebody else saved. */
  const takeNewer = () => {
    if (newer === null) return;
    setBroker(newer);
    setDraft(draftOf(newer));
    setErrors({});
    setNewer(null);
  };

  const change = (how: (draft: BrokerDraft) => BrokerDraft) => setDraft(how);
  return { broker, draft, change, errors, problem, newer, busy, save, takeNewer, settings, refused };
}
