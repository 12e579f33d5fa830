using Juming.Platform.Access.Data;

namespace Juming.Platform.Access.Users;

/// <summary>One-time links with which people set their password: 24 hours.</summary>
internal sealed class UserLinks(TimeProvider clock)
{
    /// <summary>Adds the row; the caller saves. Returns the address, without the host, whose fragment holds the secret.</summary>
    public string Add(AccessDb db, Guid userId)
    {
        var secret = OnceShown.Make();
        db.Add(new OneTimeLink { UserId = userId, Hash = OnceShown.HashOf(secret), ExpiresAt = clock.GetUtcNow().AddHours(24) });
        return "/join#" + secret;
    }
}
