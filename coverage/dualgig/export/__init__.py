"""Plans to files: JSON, CSV, XLSX, GeoPackage, and the folder that holds them."""
