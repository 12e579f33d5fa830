using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Juming.Platform.Http;

namespace Juming.Platform.Notify.Channels.Senders;

/// <summary>Calls a messenger's interface: JSON there and back, and whatever goes wrong on the way as an outcome.</summary>
internal sealed class MessengerHttp(GuardedHttp http)
{
    private static readonly Reach Reach = new(Destinations.Configured) { MostBytes = 64 * 1024, Within = TimeSpan.FromSeconds(10), Sender = "notify", HidesAddress = true };

    // Messengers count bytes of the text; \u escapes of every character would only make the body larger.
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sends a body (or none, with GET) and reads the answer's JSON object.</summary>
    public async Task<(JsonElement Answer, SendOutcome? Failure)> Ask(Uri address, object? body, CancellationToken ct)
    {
        var call = new GuardedCall(body is null ? HttpMethod.Get : HttpMethod.Post, address, body is null ? null : JsonSerializer.SerializeToUtf8Bytes(body, Json));
        var (answer, failure) = await Send(call, ct);
        if (failure is not null || answer is null) return (default, failure);
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return document.RootElement.ValueKind == JsonValueKind.Object ? (document.RootElement.Clone(), null) : (default, SendOutcome.Later("not-json", null));
        }
        catch (JsonException)
        {
            return (default, SendOutcome.Later("not-json", null));
        }
    }

    /// <summary>Sends; an answer that is no success is an outcome too.</summary>
    public async Task<(GuardedAnswer? Answer, SendOutcome? Failure)> Send(GuardedCall call, CancellationToken ct)
    {
        try
        {
            var answer = await http.Send(call with { Kept = OneTimeLinks.Covered(call.Body) }, Reach, ct);
            return answer.Status is >= 200 and < 300 ? (answer, null) : (answer, OfStatus(answer));
        }
        catch (CallFailedException e)
        {
            return (null, Of(e));
        }
    }

    /// <summary>The outcome of a call that came to nothing.</summary>
    public static SendOutcome Of(CallFailedException e) => e.Failure switch
    {
        CallFailure.AddressRefused => SendOutcome.Refused("address-refused", $"{e.Host}: {e.Detail}"),
        CallFailure.DestinationRefused => SendOutcome.Refused("destination-refused", $"{e.Host}: {e.Detail}"),
        CallFailure.RedirectRefused => SendOutcome.Refused("redirected", e.Host),
        CallFailure.NameUnknown => SendOutcome.Later("name-unknown", e.Host),
        CallFailure.Unreachable => SendOutcome.Later("unreachable", $"{e.Host}: {e.Detail}"),
        CallFailure.Tls => SendOutcome.Later("tls", $"{e.Host}: {e.Detail}"),
        CallFailure.TimedOut => SendOutcome.Later("timed-out", e.Host),
        CallFailure.TooLarge => SendOutcome.Later("not-json", e.Host),
        _ => SendOutcome.Later("broken", $"{e.Host}: {e.Detail}"),
    };

    private static SendOutcome OfStatus(GuardedAnswer answer)
    {
        var status = answer.Status.ToString(CultureInfo.InvariantCulture);
        return answer.Status switch
        {
            429 => SendOutcome.Throttled(status, answer.RetryAfter ?? TimeSpan.FromMinutes(1)),
            410 => new SendOutcome(SendEnd.Gone, "gone", status),
            408 or >= 500 => SendOutcome.Later("http-status", status, answer.RetryAfter),
            >= 300 and < 400 => SendOutcome.Refused("redirected", status),
            _ => SendOutcome.Refused("http-status", status),
        };
    }
}

/// <summary>Reads answers that may be anything.</summary>
internal static class Answers
{
    /// <summary>A whole number, or null where there is none.</summary>
    public static int? Number(this JsonElement answer, string name) => answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    /// <summary>A text, or "" where there is none.</summary>
    public static string Text(this JsonElement answer, string name) => answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
