using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Juming.Platform.Links.Join;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Testing;

/// <summary>Links two running tiers as people do: a token at the one, joining at the other.</summary>
public static class LinkedTiers
{
    /// <summary>Settings of an upper tier that lets others in at a port of its own choice.</summary>
    public static IReadOnlyDictionary<string, string?> Upper => new Dictionary<string, string?> { ["Modules:Links:Listen"] = "127.0.0.1:0" };

    /// <summary>Links them.</summary>
    public static async Task Join(RunningTier upper, RunningTier lower)
    {
        await using var scope = upper.Services.CreateAsyncScope();
        var invitation = await scope.ServiceProvider.GetRequiredService<ILinkDesk>().Invite(Guid.CreateVersion7(), CancellationToken.None) ?? throw new InvalidOperationException("No invitation.");
        var joined = await lower.Send(new JoinUpper(invitation.Url, new Secret(invitation.Token)));
        if (joined.Error is { } error) throw new InvalidOperationException(error.ToString());
    }
}
