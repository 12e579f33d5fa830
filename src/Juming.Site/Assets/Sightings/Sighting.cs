namespace Juming.Site.Assets.Sightings;

/// <summary>What one event says of one machine; parts that it does not tell are null.</summary>
/// <param name="Address">Internal address, canonical.</param>
/// <param name="Host">Host name, lower case.</param>
/// <param name="Mac">Hardware address, "aa:bb:cc:dd:ee:ff".</param>
/// <param name="User">Account seen on it.</param>
/// <param name="From">Who claims to have talked to it, where nothing else tells that it exists; null where the machine spoke itself.</param>
/// <param name="At">Event time, microseconds since 1970 UTC.</param>
/// <param name="Known">What to tell <see cref="AssetWatcher.Know"/> once the machine stands in the register; 0 where nothing.</param>
internal readonly record struct Sighting(string? Address, string? Host, string? Mac, string? User, string? From, long At, ulong Known = 0);
