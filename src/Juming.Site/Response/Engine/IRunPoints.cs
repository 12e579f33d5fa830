namespace Juming.Site.Response.Engine;

/// <summary>Named points of a run at which a process may end; a test ends it there.</summary>
internal interface IRunPoints
{
    /// <summary>The row of a step that is about to act is saved.</summary>
    const string BeforeAct = "before-act";

    /// <summary>It acted; what came of it is not saved yet.</summary>
    const string Acted = "acted";

    /// <summary>What came of it is saved.</summary>
    const string Recorded = "recorded";

    /// <summary>A point is reached.</summary>
    void Reach(string point, string key);
}

/// <summary>Nothing happens at any point.</summary>
internal sealed class NoPoints : IRunPoints
{
    public void Reach(string point, string key) { }
}
