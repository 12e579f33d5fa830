using Juming.Contracts;

namespace Juming.Site.Response.Actions;

/// <summary>Makes an identity of an effect's key, always the same one, so that what was done can be found again.</summary>
internal static class KeyId
{
    public static Guid Of(string key) => HashedId.Of("response " + key);
}
