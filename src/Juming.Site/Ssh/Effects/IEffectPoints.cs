namespace Juming.Site.Ssh.Effects;

/// <summary>Named points of an effect at which a process may end; a test ends it there.</summary>
internal interface IEffectPoints
{
    /// <summary>The row is there, with what was before; nothing was sent yet.</summary>
    const string Begun = "begun";

    /// <summary>The host ran the script; what came of it is not kept yet.</summary>
    const string Applied = "applied";

    /// <summary>What came of it is kept.</summary>
    const string Kept = "kept";

    /// <summary>A point is reached.</summary>
    void Reach(string point);
}

/// <summary>Nothing happens at any point.</summary>
internal sealed class NoPoints : IEffectPoints
{
    public void Reach(string point) { }
}
