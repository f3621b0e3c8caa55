"""The journal on disk: orders, codes and purchase attempts, in one SQLite file per account."""
