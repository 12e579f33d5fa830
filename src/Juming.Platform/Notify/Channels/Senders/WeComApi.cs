using System.Text.Json;

namespace Juming.Platform.Notify.Channels.Senders;

/// <summary>Calls the interface of a WeCom application with its token; a token that is no longer taken is fetched anew.</summary>
internal sealed class WeComApi(MessengerHttp http, WeComTokens tokens)
{
    /// <summary>Posts a body and reads the answer, whose code tells whether it was taken.</summary>
    public async Task<(JsonElement Answer, SendOutcome? Failure)> Post(ChannelAccess access, string path, object body, CancellationToken ct)
    {
        var (token, failure) = await tokens.Get(access, null, ct);
        if (failure is not null) return (default, failure);
        var (answer, broken) = await http.Ask(access.Address(path, ("access_token", token)), body, ct);
        if (broken is not null || answer.Number("errcode") is not (40014 or 42001)) return (answer, broken);
        // Once: a token that is new and still refused would go round for ever.
        (token, failure) = await tokens.Get(access, token, ct);
        return failure is not null ? (default, failure) : await http.Ask(access.Address(path, ("access_token", token)), body, ct);
    }
}
