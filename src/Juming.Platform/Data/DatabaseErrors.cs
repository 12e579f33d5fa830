using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Data;

/// <summary>Tells failures of the database from errors of the program.</summary>
public static class DatabaseErrors
{
    /// <summary>True when the database refused, was away or broke off: worth another try later.</summary>
    /// <param name="error">What was thrown. Entity Framework wraps a lost PostgreSQL connection into an <see cref="InvalidOperationException"/>, so causes are looked at as well.</param>
    public static bool IsOutage(Exception error)
    {
        for (var e = error; e is not null; e = e.InnerException!)
            if (e is DbException or DbUpdateException or TimeoutException) return true;
        return false;
    }

    /// <summary>The database's own words, without those of the layers above.</summary>
    public static string Reason(Exception error)
    {
        for (var e = error; e is not null; e = e.InnerException!)
            if (e is DbException) return e.Message;
        return error.Message;
    }
}
