namespace Juming.Site.Blocking.Protected;

/// <summary>What a person may say that a protected address is; the page has a word for each.</summary>
internal static class ProtectedKinds
{
    public static readonly IReadOnlyList<string> All = ["own-range", "nat-egress", "gateway", "dns", "management", "partner", "branch", "cdn-origin", "crawler", "public-dns", "other"];
}
