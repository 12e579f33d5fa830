using Juming.Platform.Handlers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Juming.Platform.Notify.Calls;

/// <summary>Where WeCom calls: GET proves that the address is ours and does nothing else, POST tells of presses. Refusals tell nothing; the log has their code.</summary>
internal static class WeComCalls
{
    private const int LongestPart = 200;
    private const int LongestProof = 64;

    /// <summary>Path of a channel's address.</summary>
    public static string PathOf(Guid channel) => $"/calls/notify/wecom/{channel}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("wecom/{channel:guid}", Prove);
        routes.MapPost("wecom/{channel:guid}", Take);
    }

    private static async Task<IResult> Prove(HttpContext http, Sender sender, Guid channel, CancellationToken ct)
    {
        if (CallOf(http, channel, http.Request.Query["echostr"].ToString(), once: false) is not { } call) return Results.StatusCode(StatusCodes.Status400BadRequest);
        var opened = await sender.Send(call, ct);
        if (opened.Error is { } error) return Refused(error);
        // What proves an address is a number. Anything else is a call that somebody has listened to and wants read out.
        var text = opened.Value.Text;
        return text.Length is > 0 and <= LongestProof && text.All(char.IsAsciiLetterOrDigit) ? Results.Text(text) : Results.StatusCode(StatusCodes.Status403Forbidden);
    }

    private static async Task<IResult> Take(HttpContext http, Sender sender, Guid channel, CancellationToken ct)
    {
        if (await Body(http.Request, ct) is not { } body) return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        if (FlatXml.Read(body)?.GetValueOrDefault("Encrypt") is not { Length: > 0 } encrypted || CallOf(http, channel, encrypted, once: true) is not { } call) return Results.StatusCode(StatusCodes.Status400BadRequest);
        var opened = await sender.Send(call, ct);
        // The messenger repeats a call that was not answered in time; it is told that this one has arrived.
        if (opened.Error?.Code == NotifyErrors.CallRepeated.Code) return Results.Ok();
        if (opened.Error is { } error) return Refused(error);
        if (FlatXml.Read(opened.Value.Text) is not { } told) return Results.StatusCode(StatusCodes.Status400BadRequest);
        if (PressOf(told, opened.Value, channel) is { } press && (await sender.Send(press, ct)).Error is { } failed) return Refused(failed);
        return Results.Ok();
    }

    /// <summary>Null for what else WeCom tells: it is answered and forgotten.</summary>
    private static TakePress? PressOf(IReadOnlyDictionary<string, string> told, OpenedCall call, Guid channel)
    {
        string Of(string name) => told.GetValueOrDefault(name, "");
        if (Of("MsgType") != "event" || Of("Event") != "template_card_event" || Of("ToUserName") != call.Corp || Of("AgentID") != call.Agent) return null;
        return new[] { "FromUserName", "TaskId", "EventKey", "CreateTime" }.Any(n => Of(n).Length is 0 or > LongestPart) || Of("ResponseCode").Length > 1000 ? null
            : new TakePress(channel, Of("FromUserName"), Of("TaskId"), Of("EventKey"), Of("CreateTime"), new Secret(Of("ResponseCode")));
    }

    private static OpenCall? CallOf(HttpContext http, Guid channel, string encrypted, bool once)
    {
        var query = http.Request.Query;
        var (signature, timestamp, nonce) = (query["msg_signature"].ToString(), query["timestamp"].ToString(), query["nonce"].ToString());
        return signature.Length is 0 or > LongestPart || timestamp.Length is 0 or > LongestPart || nonce.Length is 0 or > LongestPart || encrypted.Length is 0 or > FlatXml.Most ? null : new OpenCall(channel, signature, timestamp, nonce, encrypted, once);
    }

    /// <summary>The body as text; null when it is too long, however long it says that it is.</summary>
    private static async Task<string?> Body(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > FlatXml.Most) return null;
        var bytes = new byte[FlatXml.Most + 1];
        var count = await request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
        return count > FlatXml.Most ? null : System.Text.Encoding.UTF8.GetString(bytes, 0, count);
    }

    private static IResult Refused(Error error) => Results.StatusCode(error.Kind == ErrorKind.NotFound ? StatusCodes.Status404NotFound : StatusCodes.Status403Forbidden);
}
