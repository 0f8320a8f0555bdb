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

  const fail = async (error: unknown) => {
    if (!(error instanceof ApiProblem)) return setProblem(error);
    const fields = error.fieldErrors();
    if (fields['password'] !== undefined) setDraft((known) => ({ ...known, passwordWish: 'replace' }));
    if (error.fields.length > 0) return setErrors(fields);
    // A conflict is a taken name or a stale version; the broker itself tells which.
    const now = error.status === 409 && broker ? await brokersApi.get(broker.id).catch(() => null) : null;
    if (now !== null && now.version !== broker?.version) return setNewer(now);
    setProblem(error);
  };

  const save = async () => {
    const faults = faultsOf(draft, broker);
    setErrors(faults);
    setProblem(null);
    setNewer(null);
    if (Object.keys(faults).length > 0) {
      if (faults['password'] !== undefined) setDraft((known) => ({ ...known, passwordWish: 'replace' }));
      return;
    }
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
  return { broker, draft, change, errors, problem, newer, busy, save, takeNewer };
}
