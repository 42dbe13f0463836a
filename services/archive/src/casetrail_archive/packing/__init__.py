"""Making dossiers of what archive holds: gathering, packing, storing; never asking anybody but the object stores."""
