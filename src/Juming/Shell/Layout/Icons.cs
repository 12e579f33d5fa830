namespace Juming.Shell.Layout;

/// <summary>The icons of the menu, drawn on a 16-unit square as one stroke each.</summary>
internal static class Icons
{
    private static readonly Dictionary<string, string> Paths = new(StringComparer.Ordinal)
    {
        ["home"] = "M2 8 8 2.5 14 8M4 7v6.5h8V7",
        ["shield"] = "M8 1.5 2.5 4v4c0 3 2.3 5.3 5.5 6.5 3.2-1.2 5.5-3.5 5.5-6.5V4z",
        ["bell"] = "M4 11V7a4 4 0 0 1 8 0v4l1.5 1.5h-11zM6.5 14h3",
        ["search"] = "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.5 14 14",
        ["rule"] = "M3 3h10M3 8h6M3 13h8M12 7.5l1.5 1.5L16 6.5",
        ["grid"] = "M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z",
        ["source"] = "M2 12h12M4 12V9M8 12V5M12 12V7",
        ["ledger"] = "M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3",
        ["parsers"] = "M5.5 2.5C3.5 2.5 4.5 7 2.5 8c2 1 1 5.5 3 5.5M10.5 2.5c2 0 1 4.5 3 5.5-2 1-1 5.5-3 5.5",
        ["asset"] = "M2.5 3h11v7h-11zM6 13.5h4M8 10v3.5",
        ["user"] = "M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8zM3 14c.5-2.8 2.5-4 5-4s4.5 1.2 5 4",
        ["key"] = "M5.5 10.5a3 3 0 1 1 2.5-1.3L14 3M11.5 5.5l2 2",
        ["chart"] = "M2.5 2.5v11h11M5.5 11V8M8.5 11V4.5M11.5 11V6.5",
        ["check"] = "M2.5 8.5 6.5 12.5 13.5 3.5",
        ["block"] = "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM3.8 3.8l8.4 8.4",
        ["guard"] = "M8 1.5 2.5 4v4c0 3 2.3 5.3 5.5 6.5 3.2-1.2 5.5-3.5 5.5-6.5V4zM5.5 8l2 2 3.5-4",
        ["link"] = "M6.5 9.5 9.5 6.5M7 4.5 8.5 3a2.8 2.8 0 0 1 4 4L11 8.5M9 11.5 7.5 13a2.8 2.8 0 0 1-4-4L5 7.5",
        ["audit"] = "M4 1.5h6l3 3v10H4zM6 7h5M6 9.5h5M6 12h3",
    };

    /// <summary>Markup of an icon; made of constants only.</summary>
    public static string Svg(string name) => $"<svg viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"{Paths.GetValueOrDefault(name, Paths["grid"])}\"/></svg>";
}
