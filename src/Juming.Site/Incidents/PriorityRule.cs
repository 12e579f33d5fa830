using Juming.Site.Assets;
using Juming.Site.Detection;

namespace Juming.Site.Incidents;

/// <summary>Priority from severity and the asset's importance; one step more urgent when the attack worked.</summary>
internal static class PriorityRule
{
    // Rows: Info to Critical. Columns: Normal, Important, Core.
    private static readonly int[,] Matrix =
    {
        { 4, 4, 4 },
        { 4, 4, 3 },
        { 4, 3, 3 },
        { 3, 2, 2 },
        { 2, 1, 1 },
    };

    public static IncidentPriority Of(Severity severity, AssetImportance importance, AttackResult result)
    {
        var priority = Matrix[(int)severity, (int)importance] - (Worked(result) ? 1 : 0);
        return (IncidentPriority)Math.Max(1, priority);
    }

    public static bool Worked(AttackResult result) => result is AttackResult.Succeeded or AttackResult.Compromised;

    /// <summary>Order of results from harmless to worst: what a device stopped is less than what nobody stopped.</summary>
    public static int RankOf(AttackResult result) => result.Rank();
}
