using System.Text;
using Juming.Site.Events;

namespace Juming.Site.Detection.Alerts;

/// <summary>Reads what a device says came of an attack.</summary>
internal static class AttackResults
{
    /// <summary>The result an event claims.</summary>
    public static AttackResult Of(EventBatch batch, int index)
    {
        if (batch.TryGet(index, Field.JmAttackResult, out var said)) return Named(said);
        if (!batch.TryGet(index, Field.EventAction, out var action)) return AttackResult.Unknown;
        return IsAny(action, "block", "blocked", "deny", "denied", "drop", "dropped", "reject", "rejected", "reset", "reset-both", "intercept", "quarantine")
            ? AttackResult.Blocked : AttackResult.Unknown;
    }

    private static AttackResult Named(ReadOnlySpan<byte> text) =>
        IsAny(text, "attempted", "attempt") ? AttackResult.Attempted
        : IsAny(text, "blocked", "denied") ? AttackResult.Blocked
        : IsAny(text, "succeeded", "success") ? AttackResult.Succeeded
        : IsAny(text, "compromised") ? AttackResult.Compromised
        : AttackResult.Unknown;

    private static bool IsAny(ReadOnlySpan<byte> text, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
            if (Ascii.EqualsIgnoreCase(text, word)) return true;
        return false;
    }
}
