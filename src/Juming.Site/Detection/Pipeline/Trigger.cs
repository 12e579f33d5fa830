namespace Juming.Site.Detection.Pipeline;

/// <summary>Atoms of which at least one must have been hit by a scan, or else a condition can't hold.</summary>
/// <param name="Atoms">The atoms.</param>
/// <param name="Cost">Guess at how often one of them is hit; only compared with others.</param>
internal sealed record Trigger(IReadOnlyList<Atom> Atoms, double Cost)
{
    // Literals of everyday life: a rule that hangs on one of them would be called all the time.
    private static readonly string[] Everyday =
        [@"\cmd.exe", @"\powershell.exe", @"\svchost.exe", @"\explorer.exe", @"\rundll32.exe", @"c:\windows\", @"\windows\system32\", "http", "https", ".exe", ".dll", "system", "true", "get", "post", "success"];

    /// <summary>The best trigger of a condition, or null where it may hold without any hit.</summary>
    public static Trigger? Of(Node node)
    {
        switch (node)
        {
            case Atom atom:
                return atom.IsSettledByScan || atom.IsHinted ? new Trigger([atom], CostOf(atom)) : null;
            case AllNode all:
                {
                    Trigger? best = null;
                    foreach (var part in all.Parts)
                        if (Of(part) is { } t && (best is null || t.Cost < best.Cost)) best = t;
                    return best;
                }
            case SomeNode some:
                {
                    // Of n parts at least k hold, so one of any n-k+1 parts does.
                    var triggers = some.Parts.Select(Of).Where(t => t is not null).OrderBy(t => t!.Cost).ToList();
                    var needed = some.Parts.Length - Math.Max(1, some.Least) + 1;
                    if (needed <= 0 || triggers.Count < needed) return null;
                    return new Trigger([.. triggers.Take(needed).SelectMany(t => t!.Atoms)], triggers.Take(needed).Sum(t => t!.Cost));
                }
            default:
                return null;
        }
    }

    private static double CostOf(Atom atom)
    {
        var (length, text) = atom switch
        {
            TextAtom t => (t.Shape == Sigma.TextShape.Equals ? t.Pattern.Length + 4 : t.Pattern.Length, System.Text.Encoding.UTF8.GetString(t.Pattern)),
            EqualNumberAtom n => (n.Text.Length, ""),
            _ => (6, ""),
        };
        var cost = Math.Max(1e-4, Math.Pow(10, -length / 4.0));
        return Everyday.Contains(text) ? Math.Max(cost, 0.1) : cost;
    }
}
