using Microsoft.JSInterop;

namespace Juming.Platform.Access.Passkeys;

/// <summary>What the browser's passkey dialog gave: its answer, or the key of the text that says why there is none.</summary>
internal sealed record PasskeyAnswer(string? Credential, string? Problem);

/// <summary>Opens the browser's passkey dialog from a circuit. What goes wrong there is an answer: an exception would end the circuit.</summary>
internal static class PasskeyDialog
{
    public static Task<PasskeyAnswer> Create(IJSRuntime js, PasskeyOffer offer, CancellationToken ct) => Open(js, "jm.createPasskey", offer, ct);

    public static Task<PasskeyAnswer> Prove(IJSRuntime js, PasskeyOffer offer, CancellationToken ct) => Open(js, "jm.provePasskey", offer, ct);

    private static async Task<PasskeyAnswer> Open(IJSRuntime js, string act, PasskeyOffer offer, CancellationToken ct)
    {
        try
        {
            // A token of our own takes the place of the circuit's limit of one minute, in which nobody finds a security key.
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(PasskeyChallenges.Lasts);
            var answer = await js.InvokeAsync<BrowserAnswer>(act, patience.Token, offer.Options);
            return new PasskeyAnswer(answer.Credential, answer.Credential is null ? KeyOf(answer.Problem) : null);
        }
        catch (Exception e) when (e is JSException or JSDisconnectedException or OperationCanceledException)
        {
            return new PasskeyAnswer(null, KeyOf(null));
        }
    }

    private static string KeyOf(string? name) => name switch
    {
        "NotAllowedError" or "AbortError" => "PasskeyCancelled",
        "InvalidStateError" => "PasskeyKnown",
        _ => "PasskeyFailed",
    };

    private sealed record BrowserAnswer(string? Credential, string? Problem);
}
