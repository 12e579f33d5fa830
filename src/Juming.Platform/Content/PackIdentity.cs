using Juming.Contracts;

namespace Juming.Platform.Content;

/// <summary>Identities of versions of packs, made of their path: whoever tells what became of one names it without a word that somebody chose.</summary>
public static class PackIdentity
{
    /// <summary>The identity of a path such as "rules/web-attacks/3".</summary>
    public static Guid Of(string path) => HashedId.Of("pack:" + path);
}
